import { eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { contents } from '@gatehouse/db/schema/contents';
import { workspaces } from '@gatehouse/db/schema/workspaces';
import { contentWorld, diskFull } from '../test/world.ts';
import type { World } from '../test/world.ts';
import { importContent } from './import-content.ts';
import { importFile } from './import-file.ts';
import type { RowVerdict } from './import-shapes.ts';

let world: World;
beforeAll(async () => {
  world = await contentWorld();
});
afterAll(() => world.remove());
afterEach(() => world.clean());

type Options = {
  readonly dryRun?: boolean;
  readonly pending?: string;
  /** The database refuses from so many batches on. */
  readonly batches?: number;
};

async function* bytesOf(text: string): AsyncIterable<Buffer> {
  yield Buffer.from(text);
}

const imported = async (rows: readonly object[], { dryRun = false, pending, batches = Infinity }: Options = {}) => {
  let begun = 0;
  const importing = importContent({
    database: {
      transaction: (work) =>
        world.database.transaction(async (tx) => {
          const result = await work(tx);
          begun += 1;
          if (begun > batches) throw diskFull;
          return result;
        }),
    },
    mutate: world.engine.mutate,
    now: () => new Date('2026-11-20T10:00:00.000Z'),
    isPending: (object) => object === pending,
  });
  const verdicts: (RowVerdict & { object?: string | undefined })[] = [];
  const counts = await importFile({
    chunks: bytesOf(rows.map((row) => `${JSON.stringify(row)}\n`).join('')),
    format: 'jsonl',
    dryRun,
    importContent: importing,
    onVerdict: async (verdict, object) => void verdicts.push({ ...verdict, object }),
    onProgress: () => undefined,
  });
  return { counts, verdicts };
};

const row = (id: string, more: object = {}) => ({ app: 'quantum', kind: 'algorithm', id, account: 'acme', ...more });
const many = (count: number) => Array.from({ length: count }, (_, at) => row(`${at}`));
const kinds = (verdicts: readonly RowVerdict[]) =>
  verdicts.map((verdict) => (verdict.kind === 'refused' ? verdict.reason : verdict.kind));
const object = (id: string) => `content:quantum.algorithm/${id}` as const;

describe('importing content', () => {
  it('opens it to its account at once, and stands in the audit chain', async () => {
    const { counts, verdicts } = await imported([
      row('1', { title: 'One' }),
      row('2', { account: world.rival.accountId }),
    ]);
    expect(counts).toEqual({ rows: 2, created: 2, unchanged: 0, refused: 0, reasons: {} });
    expect(verdicts[0]).toEqual({ line: 1, kind: 'created', object: object('1') });
    expect(world.may(world.ann, 'can_delete', object('1'))).toBe(true);
    expect(world.may(world.cleo, 'can_view', object('1'))).toBe(true);
    expect(world.may(world.ben, 'can_view', object('1'))).toBe(false);
    expect(world.may(world.ben, 'can_delete', object('2'))).toBe(true);
    expect(await world.audited(world.acme.accountId)).toEqual([
      `content.imported organization:${world.acme.accountId}`,
    ]);
    expect(await world.intact(world.rival.accountId)).toBe(true);
    expect(await world.isInStep()).toBe(true);
  });

  it('keeps who made it, where it lies, and what is private', async () => {
    const { db } = world.database;
    const lab = 'wsp_01jd00000000000000000000aa';
    await db
      .insert(workspaces)
      .values({ id: lab, accountId: world.acme.accountId, name: 'Lab', createdBy: world.ann.userId });
    await imported([
      row('founder'),
      row('name', { created_by: 'cleo', workspace: 'Lab', private: true }),
      row('mail', { created_by: 'Ben@X.example', workspace: lab }),
    ]);
    const rows = await db.select().from(contents).orderBy(contents.id);
    expect(rows.map(({ createdBy, workspaceId, isPrivate }) => ({ createdBy, workspaceId, isPrivate }))).toEqual([
      { createdBy: world.ann.userId, workspaceId: world.acme.workspaceId, isPrivate: false },
      { createdBy: world.ben.userId, workspaceId: lab, isPrivate: false },
      { createdBy: world.cleo.userId, workspaceId: lab, isPrivate: true },
    ]);
    expect(world.may(world.cleo, 'can_view', object('name'))).toBe(false);
    await world.clean();
    await db.delete(workspaces).where(eq(workspaces.id, lab));
  });

  it('refuses rows one by one, each with its reason, and writes nothing of them', async () => {
    await imported([row('taken', { account: 'rival' })]);
    const { verdicts } = await imported(
      [
        row('good'),
        row('taken'),
        row('good', { account: 'rival' }),
        row('1', { account: 'nobody' }),
        row('2', { workspace: 'Attic' }),
        row('3', { workspace: world.rival.workspaceId }),
        row('4', { created_by: 'zoe' }),
        row('waits'),
        row('a b'),
        row('last'),
      ],
      { pending: object('waits') },
    );
    expect(kinds(verdicts)).toEqual([
      'created',
      'other_account',
      'repeated_in_file',
      'unknown_account',
      'unknown_workspace',
      'unknown_workspace',
      'unknown_person',
      'pending_effect',
      'bad_id',
      'created',
    ]);
    expect(verdicts[2]).toMatchObject({ message: 'the same object stands on line 1' });
    expect(await world.registry()).toHaveLength(3);
    expect(world.engine.read({ object: object('waits') })).toEqual([]);
  });

  it('refuses an account that is suspended', async () => {
    await world.setStatus(world.acme.accountId, 'suspended');
    expect(kinds((await imported([row('1')])).verdicts)).toEqual(['inactive_account']);
    expect(await world.registry()).toEqual([]);
  });

  it('says in a dry run what it would do, and does nothing', async () => {
    await imported([row('there')]);
    const { counts } = await imported([row('new'), row('there'), row('x', { account: 'nobody' })], { dryRun: true });
    expect(counts).toMatchObject({ created: 1, unchanged: 1, refused: 1, reasons: { unknown_account: 1 } });
    expect(await world.registry()).toHaveLength(1);
    expect(await world.audited(world.acme.accountId)).toHaveLength(1);
  });

  it('goes on where it ended when the database refused in the middle', async () => {
    const rows = many(650);
    await expect(imported(rows, { batches: 2 })).rejects.toBe(diskFull);
    expect(await world.registry()).toHaveLength(400);
    expect(await world.isInStep()).toBe(true);
    const { counts } = await imported(rows);
    expect(counts).toMatchObject({ rows: 650, created: 250, unchanged: 400, refused: 0 });
    expect(await world.registry()).toHaveLength(650);
    expect(await world.intact(world.acme.accountId)).toBe(true);
    expect((await imported(rows)).counts).toMatchObject({ created: 0, unchanged: 650 });
  });

  it('gives imported content nothing of what an earlier object with its id had', async () => {
    const left = { subject: `user:${world.ben.userId}` as const, relation: 'owner', object: object('1') };
    await world.engine.write({ writes: [left], deletes: [] });
    await imported([row('1')]);
    expect(world.may(world.ben, 'can_view', object('1'))).toBe(false);
  });

  it('has nothing to do for an empty file', async () => {
    expect((await imported([])).counts).toEqual({ rows: 0, created: 0, unchanged: 0, refused: 0, reasons: {} });
  });
});
