import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isMountingAllowed, mountMemory } from '../../test/mount.ts';
import { scenario } from '../../test/scenario.ts';
import { testFolder } from '../../test/test-database.ts';
import { openDatabase } from '../client.ts';
import type { Database } from '../client.ts';
import { newId } from '../ids.ts';
import { DatabaseDied } from './protocol.ts';
import { accounts } from '../schema/accounts.ts';
import { modelVersion } from '../schema/model-version.ts';
import { slugs } from '../schema/slugs.ts';

let folder: string;
beforeEach(async () => {
  folder = await testFolder();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const reopened = async (path: string): Promise<Database> => {
  const opened = await openDatabase({ folder: path });
  if (opened.kind === 'unusable') throw opened.cause;
  return opened.database;
};

describe('a process that is killed in the middle of its writes', () => {
  it.each([1, 40, 150])(
    'has lost none of the rows it was told of, killed after %i',
    { timeout: 30_000 },
    async (rows) => {
      const writer = scenario('write', [folder]);
      const acknowledged: string[] = [];
      while (acknowledged.length < rows) acknowledged.push(await writer.line());
      await writer.kill();
      // Written to the pipe before the kill, read after it.
      acknowledged.push(...(await writer.rest()));
      const database = await reopened(folder);
      const stored = (await database.db.select({ slug: slugs.slug }).from(slugs)).map(({ slug }) => slug);
      await database.close();
      expect(new Set(stored).isSupersetOf(new Set(acknowledged))).toBe(true);
      expect(stored.length - acknowledged.length).toBeLessThanOrEqual(1);
    },
  );
});

/** Three rows of one transaction: one without the others would be half a write. */
const writePair = (database: Database, count: number, bytes: number) =>
  database.transaction(async (tx) => {
    const id = newId('acc');
    await tx.insert(slugs).values({ slug: `pair-${count}`, holder: id });
    await tx
      .insert(accounts)
      .values({ id, kind: 'organization', slug: `pair-${count}`, name: 'x', createdBy: newId('usr') });
    await tx
      .insert(modelVersion)
      .values({ id: newId('mdl'), sha256: count.toString(16).padStart(64, '0'), model: noise(bytes) });
  });

/** Fills the disk, pair by pair. */
const writeUntilRefused = async (database: Database) => {
  const acknowledged: string[] = [];
  try {
    for (let count = 0; ; count += 1) {
      await writePair(database, count, 30_000);
      acknowledged.push(`pair-${count}`);
    }
  } catch (failure) {
    return { acknowledged, failure };
  }
};

/** Does not compress. */
const noise = (bytes: number): string => Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString('base64');

describe.skipIf(!isMountingAllowed)('a disk that fills up (needs root to mount a small one)', () => {
  let small: string;
  let disk: Awaited<ReturnType<typeof mountMemory>>;
  beforeEach(async () => {
    small = await mkdtemp(join(tmpdir(), 'gatehouse-full-'));
    disk = await mountMemory(small, 'size=48m');
    await cp(folder, small, { recursive: true });
  });
  afterEach(async () => {
    await disk.unmount();
    await rm(small, { recursive: true });
  });

  it('fails commits with an error, keeps what was acknowledged, and halves nothing', { timeout: 60_000 }, async () => {
    const database = await reopened(small);
    const { acknowledged, failure } = await writeUntilRefused(database);
    expect(failure).toBeInstanceOf(Error);
    expect(acknowledged.length).toBeGreaterThan(50);
    await database.close();

    await disk.resize('200m');
    const again = await reopened(small);
    const stored = async (table: typeof slugs | typeof accounts) =>
      (await again.db.select({ slug: table.slug }).from(table)).map(({ slug }) => slug).toSorted();
    const pairs = await stored(slugs);
    expect(new Set(pairs).isSupersetOf(new Set(acknowledged))).toBe(true);
    expect(await stored(accounts)).toEqual(pairs);
    await writePair(again, 1_000_000, 10);
    await again.close();
  });
});

describe.skipIf(!isMountingAllowed)('a log that cannot be written (needs root to mount a small disk)', () => {
  it('ends the database: every caller is told, and what was acknowledged is there', { timeout: 60_000 }, async () => {
    const log = join(folder, 'pg', 'pg_wal');
    await cp(log, join(folder, 'log'), { recursive: true });
    const disk = await mountMemory(log, 'size=8m');
    try {
      await cp(join(folder, 'log'), log, { recursive: true });
      const database = await reopened(folder);
      const { acknowledged } = await writeUntilRefused(database);
      expect(await database.ended).toMatchObject({
        kind: 'died',
        cause: { message: expect.stringContaining('PANIC') },
      });
      await expect(writePair(database, 1, 10)).rejects.toBeInstanceOf(DatabaseDied);
      await expect(database.db.select().from(slugs)).rejects.toMatchObject({ cause: expect.any(DatabaseDied) });
      await expect(database.close()).resolves.toBeUndefined();

      await disk.resize('64m');
      const again = await reopened(folder);
      expect(acknowledged.length).toBeGreaterThan(10);
      expect(await again.db.$count(slugs)).toBeGreaterThanOrEqual(acknowledged.length);
      expect(await again.db.$count(accounts)).toBe(await again.db.$count(slugs));
      await again.close();
    } finally {
      await disk.unmount();
    }
  });
});
