import { beforeAll, describe, expect, it } from 'vitest';
import { cases, leastFixpointCases } from './engine.contract.cases.ts';
import { modelOf, queryOf, tupleOf } from './world.ts';
import type { Case } from './engine.contract.cases.ts';
import type { CompiledModel } from '../src/model/compiled.ts';
import type { Decision, Engine, Tuple } from '../src/engine/engine.ts';

/** A world to ask about. `earlier` are tuples that were written under an older model. */
export type World = {
  readonly model: CompiledModel;
  readonly earlier?: { readonly model: CompiledModel; readonly tuples: readonly Tuple[] };
};

/** Makes an engine over a new, empty world. */
export type MakeEngine = (world: World) => Promise<Engine>;

/**
 * What every engine must do. `answersLeastFixpoint: false` leaves out the shapes on which OpenFGA's server
 * answers by chance.
 */
export const engineContract = (name: string, make: MakeEngine, { answersLeastFixpoint = true } = {}): void => {
  describe(`${name}, an engine`, () => {
    for (const row of answersLeastFixpoint ? [...cases, ...leastFixpointCases] : cases)
      it(row.title, () => answers(make, row));
    describe('write', () => writes(make));
    describe('read', () => reads(make));
    describe('explain', () => explains(make));
    describe('with tuples of an earlier model', () => migrates(make));
  });
};

const outcome = (decision: Decision): string => (decision.verdict === 'failed' ? decision.code : decision.verdict);

const answers = async (make: MakeEngine, { types, tuples, asks }: Case): Promise<void> => {
  const engine = await make({ model: await modelOf(types) });
  for (let at = 0; at < tuples.length; at += 100) {
    const written = await engine.write({ writes: tuples.slice(at, at + 100).map(tupleOf), deletes: [] });
    expect(written).toMatchObject({ kind: 'written' });
  }
  const questions = asks.map((ask) => ask.slice(0, ask.lastIndexOf(' ')));
  const one: string[] = [];
  for (const question of questions) one.push(`${question} ${outcome(await engine.check(queryOf(question)))}`);
  expect(one).toEqual(asks);
  const many = await engine.checkMany(questions.map(queryOf));
  expect(questions.map((question, at) => `${question} ${outcome(many[at]!)}`)).toEqual(asks);
  for (const [at, question] of questions.entries()) {
    const { decision, path } = await engine.explain(queryOf(question));
    expect(`${question} ${outcome(decision)}`).toBe(asks[at]);
    expect(path.length > 0).toBe(decision.verdict === 'allowed');
  }
};

const team = `
type user
type team
  relations
    define lead: [user]
    define member: [user, user:*, team#member] or lead
    define guest: [user]
    define can_view: member but not guest`;

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

const writes = (make: MakeEngine): void => {
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

const reads = (make: MakeEngine): void => {
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

const explains = (make: MakeEngine): void => {
  const types = `${team}
type doc
  relations
    define team: [team]
    define blocked: [user] or guest from team
    define viewer: [user, team#member] or member from team
    define can_view: viewer but not blocked`;
  const tuples = [
    'user:ann member team:1',
    'team:1 team doc:1',
    'user:bob guest team:1',
    'user:bob viewer doc:1',
    'user:* member team:2',
    'team:2#member viewer doc:2',
  ];
  const step = (node: string, by: string, tuple?: string): object => {
    const [relation, object] = node.split(' of ');
    return { object, relation, by, ...(tuple === undefined ? {} : { tuple: tupleOf(tuple) }) };
  };
  const engineOf = async (): Promise<Engine> => {
    const engine = await make({ model: await modelOf(types) });
    await engine.write({ writes: tuples.map(tupleOf), deletes: [] });
    return engine;
  };
  it('gives the path of tuples that allows', async () => {
    const engine = await engineOf();
    expect(await engine.explain(queryOf('user:ann can_view doc:1'))).toMatchObject({
      decision: { verdict: 'allowed' },
      path: [
        step('can_view of doc:1', 'computed'),
        step('viewer of doc:1', 'parent', 'team:1 team doc:1'),
        step('member of team:1', 'tuple', 'user:ann member team:1'),
      ],
      excludedBy: [],
    });
    expect((await engine.explain(queryOf('user:cid viewer doc:2'))).path).toEqual([
      step('viewer of doc:2', 'userset', 'team:2#member viewer doc:2'),
      step('member of team:2', 'wildcard', 'user:* member team:2'),
    ]);
    expect((await engine.explain(queryOf('team:9#member member team:9'))).path).toEqual([
      step('member of team:9', 'self'),
    ]);
  });
  it('gives the path of what a `but not` took away', async () => {
    const engine = await engineOf();
    expect(await engine.explain(queryOf('user:bob can_view doc:1'))).toMatchObject({
      decision: { verdict: 'denied' },
      path: [],
      excludedBy: [
        step('can_view of doc:1', 'computed'),
        step('blocked of doc:1', 'parent', 'team:1 team doc:1'),
        step('guest of team:1', 'tuple', 'user:bob guest team:1'),
      ],
    });
  });
  it('gives no path where nothing leads', async () => {
    const engine = await engineOf();
    expect(await engine.explain(queryOf('user:eve can_view doc:1'))).toMatchObject({
      decision: { verdict: 'denied' },
      path: [],
      excludedBy: [],
    });
    expect(await engine.explain(queryOf('user:eve can_vew doc:1'))).toMatchObject({
      decision: { code: 'validation_error' },
      path: [],
      excludedBy: [],
    });
  });
};

const migrates = (make: MakeEngine): void => {
  const old = `
type user
type bot
type group
  relations
    define member: [user, bot, user:*]
type doc
  relations
    define viewer: [user, bot, user:*, group#member]
    define audited: [user]
    define can_view: viewer but not audited`;
  const now = `
type user
type bot
type group
  relations
    define member: [user]
type doc
  relations
    define viewer: [user]
    define can_view: viewer`;
  const stored = [
    'user:ann viewer doc:1',
    'bot:b viewer doc:1',
    'user:* viewer doc:2',
    'bot:b member group:g',
    'user:ann member group:g',
    'group:g#member viewer doc:3',
    'user:ann audited doc:1',
  ];
  const engineOf = async (): Promise<Engine> =>
    make({ model: await modelOf(now), earlier: { model: await modelOf(old), tuples: stored.map(tupleOf) } });

  it('ignores those that the model no longer admits', async () => {
    const engine = await engineOf();
    const verdicts = [
      'user:ann viewer doc:1',
      'user:ann can_view doc:1',
      'bot:b viewer doc:1',
      'user:x viewer doc:2',
      'user:ann viewer doc:3',
      'bot:b member group:g',
    ];
    const decisions = await engine.checkMany(verdicts.map(queryOf));
    expect(decisions.map(outcome)).toEqual(['allowed', 'allowed', 'denied', 'denied', 'denied', 'denied']);
  });
  it('still reads them, and deletes them', async () => {
    const engine = await engineOf();
    expect(await engine.read({ object: 'doc:1' })).toEqual(
      [stored[0], stored[1], stored[6]].map((row) => tupleOf(row!)),
    );
    expect(await engine.write({ writes: [], deletes: [tupleOf(stored[1]!), tupleOf(stored[6]!)] })).toMatchObject({
      kind: 'written',
    });
    expect(await engine.read({ object: 'doc:1' })).toEqual([tupleOf(stored[0]!)]);
  });
};
