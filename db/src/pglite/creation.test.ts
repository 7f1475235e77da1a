import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isMountingAllowed, mountMemory } from '../../test/mount.ts';
import { scenario } from '../../test/scenario.ts';
import { testFolder } from '../../test/test-database.ts';
import { openDatabase } from '../client.ts';
import { newId } from '../ids.ts';
import { incarnation } from '../schema/incarnation.ts';
import { slugs } from '../schema/slugs.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-creation-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const open = async (path: string, onCreating?: () => void) => {
  const opened = await openDatabase({ folder: path, ...(onCreating && { onCreating }) });
  if (opened.kind === 'unusable') throw opened.cause;
  return opened.database;
};

const makingMaxMs = 60_000;

describe('opening a folder', () => {
  it('makes the database once, says so, and finds its rows again', { timeout: makingMaxMs }, async () => {
    let announced = 0;
    const first = await open(folder, () => (announced += 1));
    expect(first.created).toBe(true);
    const [made] = await first.db.select().from(incarnation);
    await first.db.insert(slugs).values({ slug: 'stays', holder: newId('usr') });
    await first.close();
    expect(await readdir(folder)).toEqual(['pg']);

    const second = await open(folder, () => (announced += 1));
    expect(second.created).toBe(false);
    expect(announced).toBe(1);
    expect(await second.db.select().from(incarnation)).toEqual([made]);
    expect(await second.db.$count(slugs)).toBe(1);
    await second.close();
  });

  it('begins again where a start was killed while it made the database', { timeout: makingMaxMs }, async () => {
    const killed = scenario('create', [folder]);
    expect(await killed.line()).toBe('creating');
    await killed.kill();
    expect(await readdir(folder)).toContain('pg.incomplete');
    // What the killed one had not come to yet.
    await mkdir(join(folder, 'pg'), { recursive: true });
    await writeFile(join(folder, 'pg', 'PG_VERSION'), '18\n');
    const database = await open(folder);
    expect(database.created).toBe(true);
    expect(await database.db.$count(incarnation)).toBe(1);
    await database.close();
    expect(existsSync(join(folder, 'pg.incomplete'))).toBe(false);
  });

  it('touches nothing in a folder that is neither empty nor a database', async () => {
    await mkdir(join(folder, 'pg'));
    await writeFile(join(folder, 'pg', 'precious'), 'x');
    expect(await openDatabase({ folder })).toMatchObject({ kind: 'unusable', reason: 'failed' });
    expect(await readdir(join(folder, 'pg'))).toEqual(['precious']);
  });

  it('refuses a damaged database and leaves it as it is', async () => {
    const damaged = await testFolder();
    await rm(join(damaged, 'pg', 'global', 'pg_control'));
    expect(await openDatabase({ folder: damaged })).toMatchObject({ kind: 'unusable' });
    expect(existsSync(join(damaged, 'pg', 'PG_VERSION'))).toBe(true);
    await rm(damaged, { recursive: true });
  });
});

describe.skipIf(!isMountingAllowed)('on a full disk (needs root to mount a small one)', () => {
  const sizes = ['512k', '12m', '26m'];
  it.each(sizes)(
    'refuses to make a database in %s, and leaves nothing behind',
    { timeout: makingMaxMs },
    async (size) => {
      const disk = await mountMemory(folder, `size=${size}`);
      try {
        expect(await openDatabase({ folder })).toMatchObject({ kind: 'unusable', reason: 'disk-full' });
        expect(await readdir(folder)).toEqual([]);
      } finally {
        await disk.unmount();
      }
    },
  );
});
