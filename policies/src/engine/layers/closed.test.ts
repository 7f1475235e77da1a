import { describe, expect, it } from 'vitest';
import type { Engine, Query, Ref } from '../engine.ts';
import { denyingClosed } from './closed.ts';

const allowing: Engine = {
  check: () => ({ verdict: 'allowed', revision: '1' }),
  checkMany: (queries) => queries.map(({ object }) => ({ verdict: 'allowed', revision: object })),
  explain: () => ({ decision: { verdict: 'allowed', revision: '1' }, path: [], excludedBy: [] }),
  read: () => [],
  write: async () => ({ kind: 'written', revision: '2' }),
};

const about = (object: Ref): Query => ({ subject: 'user:vera', relation: 'can_view', object, consistency: 'fast' });

describe('an engine in front of which objects are closed', () => {
  const engine = denyingClosed(allowing, (object) => object === 'content:gone');

  it('denies everything about a closed object', async () => {
    expect(await engine.check(about('content:gone'))).toMatchObject({ verdict: 'denied' });
    expect((await engine.explain(about('content:gone'))).decision).toMatchObject({ verdict: 'denied' });
  });

  it('passes every other question on', async () => {
    expect(await engine.check(about('content:there'))).toMatchObject({ verdict: 'allowed' });
    expect((await engine.explain(about('content:there'))).decision).toMatchObject({ verdict: 'allowed' });
  });

  it('keeps answers and questions together in a batch', async () => {
    const objects: Ref[] = ['content:a', 'content:gone', 'content:b', 'content:gone', 'content:c'];
    const decisions = await engine.checkMany(objects.map(about));
    expect(decisions.map((one) => (one.verdict === 'allowed' ? one.revision : one.verdict))).toEqual([
      'content:a',
      'denied',
      'content:b',
      'denied',
      'content:c',
    ]);
  });
});
