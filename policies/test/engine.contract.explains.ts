import { expect, it } from 'vitest';
import { modelOf, queryOf, team, tupleOf } from './world.ts';
import type { Engine } from '../src/engine/engine.ts';
import type { MakeEngine } from './world.ts';

export const explains = (make: MakeEngine): void => {
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
