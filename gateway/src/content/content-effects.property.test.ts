import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contentWorld, diskFull, registeringBy, startEffects } from './test/world.ts';
import type { World } from './test/world.ts';

let world: World;
beforeAll(async () => {
  world = await contentWorld();
});
afterAll(() => world.remove());

const names = ['acme', 'rival'] as const;
const ids = ['one', 'two'] as const;
type Name = (typeof names)[number];
type Id = (typeof ids)[number];

type Change = { readonly kind: 'register'; readonly account: Name } | { readonly kind: 'forget' };
type Step =
  | (Change & { readonly id: Id })
  | { readonly kind: 'disk'; readonly isFull: boolean }
  | { readonly kind: 'restart' | 'retry' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('register' as const),
      account: fc.constantFrom(...names),
      id: fc.constantFrom(...ids),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('forget' as const), id: fc.constantFrom(...ids) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('disk' as const), isFull: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('restart' as const, 'retry' as const) }) },
);

/** Who holds what, and what waits for it: everything that the effects have to get right. */
const model = () => {
  const holders = new Map<Id, Name>();
  const waiting: Record<Id, Change[]> = { one: [], two: [] };
  const apply = (id: Id, change: Change): string => {
    const holder = holders.get(id);
    if (change.kind === 'forget') return holders.delete(id) ? 'forgotten' : 'forgotten nothing';
    if (holder !== undefined && holder !== change.account) return 'already-registered';
    holders.set(id, change.account);
    return holder === undefined ? 'registered' : 'registered before';
  };
  const drain = (id: Id): string =>
    waiting[id]
      .splice(0)
      .map((change) => apply(id, change))
      .at(-1) ?? '';
  return { holders, waiting, drain };
};

const answerText = (answer: { kind: string; isNew?: boolean; existed?: boolean }): string => {
  if (answer.isNew === false) return 'registered before';
  return answer.existed === false ? 'forgotten nothing' : answer.kind;
};

const run = async (steps: readonly Step[]): Promise<void> => {
  const expected = model();
  let started = startEffects(world);
  let isFull = false;
  const accountOf = (name: Name) => ({ account: { id: world[name].accountId } });
  const personOf = (name: Name) => (name === 'acme' ? world.ann : world.ben);
  const send = ({ id, ...change }: Change & { readonly id: Id }) => {
    const { effects } = started;
    if (change.kind === 'forget')
      return effects.forget({ ...registeringBy(world, id), object: `content:quantum.algorithm/${id}` });
    const principal = { subject: `user:${personOf(change.account).userId}` as const };
    return effects.register(registeringBy(world, id, { ...accountOf(change.account), principal }));
  };
  const sendAndCompare = async (one: Change & { readonly id: Id }): Promise<void> => {
    const { id, ...change } = one;
    expected.waiting[id].push(change);
    const text = answerText(await send(one));
    expect(text).toBe(isFull ? 'pending' : expected.drain(id));
  };
  const take = async (one: Step): Promise<void> => {
    switch (one.kind) {
      case 'register':
      case 'forget':
        return sendAndCompare(one);
      case 'disk':
        isFull = one.isFull;
        return started.refuse(isFull ? diskFull : undefined);
      case 'restart':
        started = startEffects(world);
        return started.refuse(isFull ? diskFull : undefined);
      case 'retry':
        await started.effects.start();
        if (!isFull) for (const id of ids) expected.drain(id);
    }
  };
  const compare = async (): Promise<void> => {
    const held = [...expected.holders].map(([id, name]) => `quantum.algorithm/${id} ${world[name].accountId}`);
    expect(await world.registry()).toEqual(held.toSorted());
    expect(await world.isInStep()).toBe(true);
    for (const id of ids) {
      const object = `content:quantum.algorithm/${id}` as const;
      expect(started.effects.isClosed(object)).toBe(expected.waiting[id].some(({ kind }) => kind === 'forget'));
      for (const name of names)
        expect(world.may(personOf(name), 'can_delete', object)).toBe(expected.holders.get(id) === name);
    }
    expect(started.effects.health().waiting).toBe(expected.waiting.one.length + expected.waiting.two.length);
  };
  for (const one of steps) {
    await take(one);
    await compare();
  }
  for (const last of [{ kind: 'disk', isFull: false }, { kind: 'retry' }] as const) await take(last);
  await compare();
  expect(existsSync(world.spoolFile) ? readFileSync(world.spoolFile, 'utf8') : '').toBe('');
  for (const name of names) expect(await world.intact(world[name].accountId)).toBe(true);
  await started.effects.close();
  await world.clean();
};

describe('the effects of any requests, full disks and restarts', () => {
  it('are those of a simple list, in the order of the requests', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 14 }), async (steps) => {
        await world.clean();
        await run(steps);
      }),
      { numRuns: 40 },
    );
  });
});
