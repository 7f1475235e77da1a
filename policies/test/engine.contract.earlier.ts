import { expect, it } from 'vitest';
import { modelOf, outcome, queryOf, tupleOf } from './world.ts';
import type { Engine } from '../src/engine/engine.ts';
import type { MakeEngine } from './world.ts';

export const migrates = (make: MakeEngine): void => {
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
