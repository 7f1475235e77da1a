import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testDatabase } from '../test/test-database.ts';
import type { TestDatabase } from '../test/test-database.ts';
import { slugs } from './schema/slugs.ts';
import { tuple } from './schema/tuple.ts';
import { TupleConflict, tupleStore, tuplesOfContent, tuplesOfContents, writeTuples } from './tuples.ts';
import type { StoredTuple } from './tuples.ts';

let opened: TestDatabase;
beforeAll(async () => {
  opened = await testDatabase();
});
afterAll(() => opened.remove());
beforeEach(async () => {
  await opened.database.db.delete(tuple);
});

const read = (text: string): StoredTuple => {
  const [subject, relation, object] = text.split(' ') as [StoredTuple['subject'], string, StoredTuple['object']];
  return { subject, relation, object };
};
const change = (writes: readonly string[], deletes: readonly string[] = []) => ({
  writes: writes.map(read),
  deletes: deletes.map(read),
});
const store = () => tupleStore(opened.database, { pageSize: 3 });
const text = ({ subject, relation, object }: StoredTuple) => `${subject} ${relation} ${object}`;
const stored = async () => (await Array.fromAsync(store().load())).flat().map(text);

const bob = 'user:bob viewer organization:acme';
const everybody = 'user:* viewer content:quantum.algorithm/1';
const members = 'team:a#member maintainer workspace:w';
const forms = [
  bob,
  everybody,
  members,
  'organization:acme audience content:quantum.algorithm/a:b@2',
  'user:Bob viewer organization:acme',
];

describe('the tuple store', () => {
  it('gives back every form byte by byte, in the order of writing, in pages', async () => {
    await store().commit(change(forms));
    expect(await stored()).toEqual(forms);
    expect((await Array.fromAsync(store().load())).map((page) => page.length)).toEqual([3, 2]);
  });

  it('answers with a revision that rises', async () => {
    const revisions = [
      await store().commit(change([bob])),
      await store().commit(change([], [bob])),
      await store().commit(change([])),
    ].map(BigInt);
    expect(revisions).toEqual([...new Set(revisions)].toSorted((one, other) => Number(one - other)));
  });

  it('deletes before it writes, so that a tuple can be moved to the end', async () => {
    await store().commit(change(forms));
    await store().commit(change([bob], [bob]));
    expect(await stored()).toEqual([...forms.slice(1), bob]);
  });

  it('writes more tuples than one statement takes, or none of them', async () => {
    const many = Array.from({ length: 1_203 }, (_, at) => `user:u${at} viewer organization:acme`);
    await store().commit(change(many));
    expect(await stored()).toEqual(many);
    await expect(store().commit(change([], [...many, everybody]))).rejects.toBeInstanceOf(TupleConflict);
    expect(await stored()).toHaveLength(many.length);
  });

  const refused: readonly [string, readonly string[], readonly string[], TupleConflict['kind'], string][] = [
    ['a duplicate', [everybody, bob], [], 'already-stored', bob],
    ['a tuple given twice', [everybody, everybody], [], 'already-stored', everybody],
    ['a missing delete', [everybody], [bob, members], 'not-stored', members],
    ['a delete given twice', [], [bob, bob], 'not-stored', bob],
    [
      'a subject that is no reference',
      [everybody, 'bob viewer organization:acme'],
      [],
      'malformed',
      'bob viewer organization:acme',
    ],
    ['a userset as object', ['user:a viewer team:a#member'], [], 'malformed', 'user:a viewer team:a#member'],
    [
      'an empty userset relation',
      ['team:a# viewer organization:acme'],
      [],
      'malformed',
      'team:a# viewer organization:acme',
    ],
  ];
  it.each(refused)('refuses %s and changes nothing', async (_, writes, deletes, kind, at) => {
    await store().commit(change([bob]));
    const attempt = store().commit(change(writes, deletes));
    await expect(attempt).rejects.toMatchObject({ name: 'TupleConflict', kind, tuple: read(at) });
    expect(await stored()).toEqual([bob]);
  });

  it('stands or falls with the transaction that it is part of', async () => {
    const attempt = opened.database.transaction(async (tx) => {
      await tx.insert(slugs).values({ slug: 'acme', holder: 'acc_01jd0000000000000000000000' });
      await writeTuples(tx, change(forms));
      throw new Error('no');
    });
    await expect(attempt).rejects.toThrow('no');
    expect(await stored()).toEqual([]);
  });
});

describe('the tuples of one content', () => {
  it('are those of the object and of its versions, and of nothing that is named alike', async () => {
    const own = [
      'workspace:w workspace content:q.some_kind/a_1',
      'user:bob owner content:q.some_kind/a_1',
      'content:q.some_kind/a_1 content content_version:q.some_kind/a_1@1.0.0',
      'organization:o organization content_version:q.some_kind/a_1@2',
    ];
    const others = [
      'workspace:w workspace content:q.some_kind/a_12',
      'workspace:w workspace content:q.some_kind/aX1',
      'organization:o organization content_version:q.someXkind/a_1@1',
      'organization:o organization content_version:q.some_kind/a_12@1',
      'content:q.some_kind/a_1 content content_version:q.some_kind/b@1',
      'user:bob viewer workspace:q.some_kind/a_1',
    ];
    await store().commit(change([...others, ...own]));
    expect((await tuplesOfContent(opened.database.db, 'q.some_kind/a_1')).map(text)).toEqual(own);
    expect(await tuplesOfContent(opened.database.db, 'q.some_kind/a')).toEqual([]);
    const two = ['q.some_kind/a_12', 'q.some_kind/aX1'];
    expect(await tuplesOfContents(opened.database.db, two)).toHaveLength(3);
    expect(await tuplesOfContents(opened.database.db, [])).toEqual([]);
  });
});
