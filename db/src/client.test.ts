import { setImmediate as nextTurn } from 'node:timers/promises';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase } from '../test/test-database.ts';
import type { TestDatabase } from '../test/test-database.ts';
import { slugs } from './schema/slugs.ts';

let opened: TestDatabase;
beforeAll(async () => {
  opened = await testDatabase();
});
afterAll(() => opened.remove());

const holder = 'usr_01jd0000000000000000000000';
const stored = async (slug: string) =>
  (await opened.database.db.select().from(slugs).where(eq(slugs.slug, slug))).length;

describe('a transaction', () => {
  it('commits what it did when its work resolves', async () => {
    const result = await opened.database.transaction(async (tx) => {
      await tx.insert(slugs).values({ slug: 'kept', holder });
      return 'done';
    });
    expect(result).toBe('done');
    expect(await stored('kept')).toBe(1);
  });

  it('rolls back when its work throws, and throws the same error', async () => {
    const error = new Error('changed my mind');
    const attempt = opened.database.transaction(async (tx) => {
      await tx.insert(slugs).values({ slug: 'undone', holder });
      throw error;
    });
    await expect(attempt).rejects.toBe(error);
    expect(await stored('undone')).toBe(0);
  });

  it('rejects when a statement failed and the work went on regardless', async () => {
    const attempt = opened.database.transaction(async (tx) => {
      await tx.insert(slugs).values({ slug: 'ignored', holder });
      await tx
        .insert(slugs)
        .values({ slug: 'NOT A SLUG', holder })
        .catch(() => undefined);
    });
    await expect(attempt).rejects.toThrow('rolled back');
    expect(await stored('ignored')).toBe(0);
  });

  it('keeps everybody else out until it has ended', async () => {
    const inside = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const transaction = opened.database.transaction(async (tx) => {
      await tx.insert(slugs).values({ slug: 'secluded', holder });
      inside.resolve();
      await release.promise;
    });
    await inside.promise;
    const read = stored('secluded');
    const next = opened.database.transaction((tx) => tx.select().from(slugs).where(eq(slugs.slug, 'secluded')));
    release.resolve();
    await transaction;
    expect(await read).toBe(1);
    expect(await next).toHaveLength(1);
  });

  it('refuses `db` inside, which would wait for itself for ever', async () => {
    const attempt = opened.database.transaction(() => stored('kept'));
    await expect(attempt).rejects.toMatchObject({
      cause: { message: expect.stringContaining('`db` was used inside') },
    });
  });

  it('refuses another transaction inside', async () => {
    const { transaction } = opened.database;
    await expect(transaction(() => transaction(() => Promise.resolve(1)))).rejects.toThrow('`db` was used inside');
  });

  it('lets work that it started, and that outlives it, use `db`', async () => {
    const release = Promise.withResolvers<void>();
    let late: Promise<number> | undefined;
    await opened.database.transaction(() => {
      late = release.promise.then(() => stored('kept'));
      return Promise.resolve();
    });
    release.resolve();
    expect(await late).toBe(1);
  });

  it('refuses its `tx` after its end', async () => {
    const leaked = await opened.database.transaction((tx) => Promise.resolve({ tx }));
    await expect(leaked.tx.insert(slugs).values({ slug: 'late', holder })).rejects.toMatchObject({
      cause: { message: 'the transaction has ended' },
    });
    expect(await stored('late')).toBe(0);
  });

  it('writes nothing that comes behind its rollback', async () => {
    let late: Promise<unknown> | undefined;
    const attempt = opened.database.transaction(async (tx) => {
      await tx.select().from(slugs).limit(1);
      // Its turn comes while the rollback is under way.
      late = nextTurn()
        .then(() => tx.insert(slugs).values({ slug: 'stray', holder }).execute())
        .catch((error: unknown) => error);
      throw new Error('no');
    });
    await expect(attempt).rejects.toThrow('no');
    expect(await late).toMatchObject({ cause: { message: 'the transaction has ended' } });
    expect(await stored('stray')).toBe(0);
  });
});

describe('an error of PostgreSQL', () => {
  it('arrives as the cause, with its code and constraint', async () => {
    const attempt = opened.database.db.insert(slugs).values({ slug: 'NOT A SLUG', holder });
    await expect(attempt).rejects.toMatchObject({ cause: { code: '23514', constraint: 'slugs_slug_form' } });
  });
});

describe('a closed database', () => {
  it('says that it was closed, and refuses every later call', async () => {
    const { database, remove } = await testDatabase();
    const last = database.db.insert(slugs).values({ slug: 'last', holder }).execute();
    await database.close();
    await expect(last).resolves.toBeDefined();
    await expect(database.ended).resolves.toEqual({ kind: 'closed' });
    await expect(database.db.select().from(slugs)).rejects.toMatchObject({ cause: { name: 'DatabaseDied' } });
    await expect(database.transaction(() => Promise.resolve(1))).rejects.toThrow('closed');
    await expect(database.close()).resolves.toBeUndefined();
    await remove();
  });
});
