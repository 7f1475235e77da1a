import { beforeAll, expect, it } from 'vitest';
import { modelOf, outcome, queryOf, team, tupleOf } from './world.ts';
import type { CompiledModel } from '../src/model/compiled.ts';
import type { Engine } from '../src/engine/engine.ts';
import type { MakeEngine } from './world.ts';

type Refused = {
  readonly title: string;
  readonly writes?: readonly string[];
  readonly deletes?: readonly string[];
  readonly code: string;
};

const refusals: readonly Refused[] = [
  { title: 'nothing at all', code: 'invalid_write_input' },
  { title: 'an unknown type', writes: ['user:a member club:1'], code: 'validation_error' },
  { title: 'an unknown relation', writes: ['user:a boss team:1'], code: 'validation_error' },
  { title: 'a relation that takes no tuples', writes: ['user:a can_view team:1'], code: 'validation_error' },
  { title: 'a subject of a type that is not admitted', writes: ['team:2 member team:1'], code: 'validation_error' },
  { title: 'a wildcard that is not admitted', writes: ['user:* lead team:1'], code: 'validation_error' },
  { title: 'a userset that is not admitted', writes: ['team:2#member lead team:1'], code: 'validation_error' },
  { title: 'a userset of an unknown relation', writes: ['team:2#boss member team:1'], code: 'validation_error' },
  { title: 'a userset that contains itself', writes: ['team:1#member member team:1'], code: 'validation_error' },
  { title: 'a malformed subject', writes: ['ann member team:1'], code: 'validation_error' },
  { title: 'a second colon in an id', writes: ['user:a:b member team:1'], code: 'validation_error' },
  { title: 'a control character', writes: ['user:a\u0000 member team:1'], code: 'validation_error' },
  { title: 'everybody as object', writes: ['user:a member team:*'], code: 'validation_error' },
  { title: 'an over-long object', writes: [`user:a member team:${'x'.repeat(255)}`], code: 'validation_error' },
  { title: 'a malformed delete', deletes: ['ann member team:1'], code: 'validation_error' },
  {
    title: 'the same tuple twice',
    writes: ['user:a member team:1', 'user:a member team:1'],
    code: 'cannot_allow_duplicate_tuples_in_one_request',
  },
  {
    title: 'the same tuple written and deleted',
    writes: ['user:kept member team:1'],
    deletes: ['user:kept member team:1'],
    code: 'cannot_allow_duplicate_tuples_in_one_request',
  },
  {
    title: 'a tuple that exists',
    writes: ['user:a member team:1', 'user:kept member team:1'],
    code: 'write_failed_due_to_invalid_input',
  },
  {
    title: 'a delete of what does not exist',
    writes: ['user:a member team:1'],
    deletes: ['user:b member team:1'],
    code: 'write_failed_due_to_invalid_input',
  },
  {
    title: 'more than 100 tuples',
    writes: Array.from({ length: 101 }, (_, n) => `user:${n} member team:1`),
    code: 'exceeded_entity_limit',
  },
];

export const writes = (make: MakeEngine): void => {
  let model: CompiledModel;
  beforeAll(async () => {
    model = await modelOf(team);
  });
  const started = async (...tuples: string[]): Promise<Engine> => {
    const engine = await make({ model });
    await engine.write({ writes: tuples.map(tupleOf), deletes: [] });
    return engine;
  };
  const has = async (engine: Engine, question: string): Promise<string> =>
    outcome(await engine.check(queryOf(question)));

  for (const { title, writes: rows = [], deletes = [], code } of refusals) {
    it(`refuses ${title} and changes nothing`, async () => {
      const engine = await started('user:kept member team:1');
      const written = await engine.write({ writes: rows.map(tupleOf), deletes: deletes.map(tupleOf) });
      expect(written).toMatchObject({ kind: 'refused', code });
      expect(await engine.read({ object: 'team:' })).toEqual([tupleOf('user:kept member team:1')]);
    });
  }
  it('is in force for the next question, and a delete is as well', async () => {
    const engine = await started('user:a member team:1');
    expect(await has(engine, 'user:a can_view team:1')).toBe('allowed');
    await engine.write({ writes: [tupleOf('user:a guest team:1')], deletes: [] });
    expect(await has(engine, 'user:a can_view team:1')).toBe('denied');
    await engine.write({ writes: [tupleOf('user:b lead team:1')], deletes: [tupleOf('user:a guest team:1')] });
    expect(await has(engine, 'user:a can_view team:1')).toBe('allowed');
    expect(await has(engine, 'user:b member team:1')).toBe('allowed');
  });
  it('gives decisions a revision that changes with it', async () => {
    const engine = await started('user:a member team:1');
    const written = await engine.write({ writes: [tupleOf('user:b member team:1')], deletes: [] });
    const decision = await engine.check(queryOf('user:b member team:1'));
    if (written.kind !== 'written' || decision.verdict === 'failed') throw new Error('expected an answer');
    expect(decision.revision).toBe(written.revision);
    const again = await engine.write({ writes: [], deletes: [tupleOf('user:b member team:1')] });
    expect(again).not.toMatchObject({ revision: written.revision });
  });
  it('lets one of two equal writes win when both are sent at once', async () => {
    const engine = await started('user:kept member team:1');
    const change = { writes: [tupleOf('user:a member team:1')], deletes: [] };
    const both = await Promise.all([engine.write(change), engine.write(change)]);
    expect(both.map(({ kind }) => kind).toSorted()).toEqual(['refused', 'written']);
  });
  it('takes members away one by one from a large group', async () => {
    const engine = await started(...Array.from({ length: 40 }, (_, n) => `user:${n} member team:1`));
    for (let n = 0; n < 40; n += 2) await engine.write({ writes: [], deletes: [tupleOf(`user:${n} member team:1`)] });
    const left = Array.from({ length: 20 }, (_, n) => `user:${2 * n + 1}`);
    expect((await engine.read({ object: 'team:1' })).map(({ subject }) => subject)).toEqual(left);
    expect(await has(engine, 'user:38 member team:1')).toBe('denied');
    expect(await has(engine, 'user:39 member team:1')).toBe('allowed');
  });
};

export const reads = (make: MakeEngine): void => {
  const rows = [
    'user:b member team:1',
    'user:a lead team:1',
    'team:2#member member team:1',
    'user:* member team:2',
    'user:a member team:1',
    'user:a guest team:2',
  ];
  const filters = [
    { title: 'all of an object', filter: { object: 'team:1' }, expected: [0, 1, 2, 4] },
    { title: 'all of a type', filter: { object: 'team:' }, expected: [0, 1, 2, 3, 4, 5] },
    { title: 'one relation of an object', filter: { object: 'team:1', relation: 'member' }, expected: [0, 2, 4] },
    { title: 'one subject of a type', filter: { object: 'team:', subject: 'user:a' }, expected: [1, 4, 5] },
    { title: 'one tuple', filter: { object: 'team:2', relation: 'member', subject: 'user:*' }, expected: [3] },
    { title: 'nothing of an object without tuples', filter: { object: 'team:9' }, expected: [] },
  ] as const;
  it.each(filters)('gives $title in order of writing', async ({ filter, expected }) => {
    const engine = await make({ model: await modelOf(team) });
    for (const row of rows) await engine.write({ writes: [tupleOf(row)], deletes: [] });
    expect(await engine.read(filter)).toEqual(expected.map((at) => tupleOf(rows[at]!)));
  });
};
