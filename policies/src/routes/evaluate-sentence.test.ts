import fc from 'fast-check';
import { expect, it } from 'vitest';
import { evaluateSentence } from './evaluate-sentence.ts';
import type { Awaitable, Decision, Engine } from '../engine/engine.ts';
import type { RuleContext } from './rule-context.ts';
import type { Sentence } from './rule.ts';

type Answer = 'allowed' | 'denied' | 'failed';

/** The object's id says how the engine answers: `content:q.a/denied-later`. */
const decisionOn = (object: string): Awaitable<Decision> => {
  const [answer, later] = object.slice('content:q.a/'.length).split('-');
  const decision: Decision =
    answer === 'failed'
      ? { verdict: 'failed', code: 'unavailable', message: '' }
      : { verdict: answer as 'allowed' | 'denied', revision: '1' };
  return later === undefined ? decision : Promise.resolve(decision);
};

const context = (): RuleContext => ({
  match: {
    kind: 'match',
    rule: {
      id: 'q GET /',
      app: 'q',
      method: 'GET',
      host: { kind: 'any' },
      path: [],
      allow: { kind: 'nobody' },
      upstream: '',
      bodyBytesMax: 0,
      timeoutMs: 1,
      file: 'q.yaml',
      line: 1,
    },
    params: {},
    parentsOf: () => [],
  },
  target: { host: 'h', authority: 'h', method: 'GET', path: '/', segments: [''], hasEncodedSlash: false, query: '' },
  principal: {
    subject: 'user:bob',
    name: 'bob',
    home: { id: 'b', slug: 'b' },
    fixedToHome: false,
    hasSeveralAccounts: false,
    credential: 'token',
    scopes: ['all'],
  },
  accounts: () => undefined,
  engine: { check: ({ object }: { object: string }) => decisionOn(object) } as unknown as Engine,
  asked: [],
});

const leaf: fc.Arbitrary<Sentence> = fc.oneof(
  fc.constantFrom<Sentence>({ kind: 'everyone' }, { kind: 'nobody' }, { kind: 'signed-in' }),
  fc
    .constantFrom('allowed', 'denied', 'failed', 'allowed-later', 'denied-later', 'failed-later')
    .map((id): Sentence => ({
      kind: 'permission',
      relation: 'can_view',
      object: { type: 'content', parts: [{ kind: 'text', text: `q.a/${id}` }], text: `content:q.a/${id}` },
    })),
);
const sentence = fc.letrec<{ tree: Sentence }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    leaf,
    fc.record({
      kind: fc.constantFrom('any' as const, 'all' as const),
      of: fc.array(tie('tree'), { minLength: 1, maxLength: 4 }),
    }),
  ),
})).tree;

/** Logic with three values, written down without order, short cuts or promises. */
const meaning = (of: Sentence): Answer => {
  switch (of.kind) {
    case 'everyone':
    case 'signed-in':
      return 'allowed';
    case 'nobody':
      return 'denied';
    case 'permission':
      return /allowed|denied|failed/.exec(of.object.text)?.[0] as Answer;
    case 'any':
      return (['allowed', 'failed', 'denied'] as const).find((value) =>
        of.of.some((one) => meaning(one) === value),
      ) as Answer;
    case 'all':
      return (['denied', 'failed', 'allowed'] as const).find((value) =>
        of.of.some((one) => meaning(one) === value),
      ) as Answer;
  }
};

it('means the same whatever the order, and whenever the answers come', async () => {
  await fc.assert(
    fc.asyncProperty(sentence, async (tree) => {
      const outcome = await evaluateSentence(context(), { id: 'b', slug: 'b' }, tree);
      expect(outcome.kind).toBe(meaning(tree));
    }),
    { numRuns: 1500 },
  );
});

it('allows nothing that the engine has not allowed, unless the sentence names everyone or the signed-in', async () => {
  await fc.assert(
    fc.asyncProperty(sentence, async (tree) => {
      const own = context();
      const outcome = await evaluateSentence(own, { id: 'b', slug: 'b' }, tree);
      const isFree = /everyone|signed-in/.test(JSON.stringify(tree));
      const isGranted = own.asked.some(({ answer }) => answer === 'allowed');
      expect(outcome.kind !== 'allowed' || isFree || isGranted).toBe(true);
    }),
    { numRuns: 500 },
  );
});
