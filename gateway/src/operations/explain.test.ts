import { beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '@gatehouse/policies/engine/engine';
import { parseSentence } from '@gatehouse/policies/routes/sentence';
import type { RuleOptions, Sentence } from '@gatehouse/policies/routes/rule';
import { acme, changed, decidingWorld, vera } from '../test/deciding.ts';
import type { Deciding } from '../test/deciding.ts';
import type { Directory } from './directory.ts';
import { explain } from './explain.ts';
import type { ExplainAnswer, ExplainAsked } from './operations.ts';

type Answer = Extract<ExplainAnswer, { kind: 'answer' }>;

let world: Deciding;
beforeAll(async () => {
  world = await decidingWorld();
});

const directory: Directory = {
  person: async (text) => {
    const { name, home, hasSeveralAccounts } = vera;
    return text === 'vera' ? { id: 'vera', username: name, name, home, hasSeveralAccounts } : undefined;
  },
  account: async (text) => [acme, vera.home].find(({ id, slug }) => text === id || text === slug),
};

const sentence = (text: string): Sentence => {
  const parsed = parseSentence(text);
  if (parsed.kind === 'fault') throw new Error(parsed.message);
  return parsed.sentence;
};

type Changes = RuleOptions & { readonly allow?: Sentence };

const explained = async (
  asked: Partial<ExplainAsked>,
  changes: Changes = {},
  engine: Engine = world.engine,
): Promise<Answer> => {
  const table = changed(world.table, {
    'quantum GET /algorithms/{id}': changes,
    'quantum DELETE /algorithms/{id}': changes,
  });
  const { decideAs } = world.make({ routes: () => table });
  const parts = { engine, directory, decideAs, routes: () => ({ table, digest: table.digest }) };
  const answer = await explain(parts, { method: 'GET', url: '/algorithms/qft', as: 'vera', ...asked });
  if (answer.kind === 'refused') throw new Error(answer.message);
  return answer;
};

describe('an explanation', () => {
  it('shows everything asked with its answer and the tuples that led to it', async () => {
    const answer = await explained({ account: 'acme' });
    expect(answer).toMatchObject({
      verdict: 'allow',
      status: 200,
      caller: 'vera (user:vera)',
      account: 'acme (acc_acme)',
      route: { id: 'quantum GET /algorithms/{id}', file: 'quantum.yaml' },
      lacks: [],
      near: [],
      policies: world.table.digest,
    });
    expect(answer.asked.map(({ names, answer: one }) => `${names}: ${one}`)).toEqual([
      'user:vera can_view organization:acme: allowed',
      'user:vera can_view content:quantum.algorithm/qft: allowed',
    ]);
    expect(answer.asked[1]?.path.at(-1)?.tuple).toMatchObject({ subject: 'user:vera', relation: 'viewer' });
    expect(answer.asked[1]?.tookMs).toBeGreaterThanOrEqual(0);
  });

  it('asks each question once, for the verdict and the way to it together', async () => {
    const asked: string[] = [];
    const engine: Engine = {
      ...world.engine,
      check: ({ relation, object }) => {
        throw new Error(`checked ${relation} ${object} beside the explanation`);
      },
      explain: (query) => {
        asked.push(`${query.relation} ${query.object} ${query.consistency}`);
        return world.engine.explain(query);
      },
    };
    await explained({}, {}, engine);
    expect(asked).toEqual(['can_view organization:acc_vera fresh', 'can_view content:quantum.algorithm/qft fresh']);
  });

  it('says of a denial what each part of the sentence lacks, also behind the part that settled it', async () => {
    const allow = sentence(
      'all of [can_edit on content:quantum.algorithm/{id}, any of [can_view on content:quantum.algorithm/{id}, nobody], can_view on content:quantum.algorithm/{id} within organization:nowhere]',
    );
    const answer = await explained({}, { allow });
    expect(answer).toMatchObject({ verdict: 'deny', reason: 'not_permitted' });
    expect(
      answer.asked.map(({ names }) => names),
      'what the request itself asked',
    ).toEqual(['user:vera can_view organization:vera', 'user:vera can_edit content:quantum.algorithm/qft']);
    expect(answer.sentence).toMatchObject({
      answer: 'denied',
      lacks: 'each of its parts',
      parts: [
        { answer: 'denied', lacks: 'user:vera can_edit content:quantum.algorithm/qft', parts: [] },
        {
          answer: 'allowed',
          parts: [
            { text: 'can_view on content:quantum.algorithm/{id}', answer: 'allowed' },
            { text: 'nobody', answer: 'denied', lacks: 'nothing helps: the rule is closed to everybody' },
          ],
        },
        { answer: 'denied', lacks: 'content:quantum.algorithm/qft within organization:nowhere' },
      ],
    });
    expect(answer.lacks).toEqual([
      'user:vera can_edit content:quantum.algorithm/qft',
      'content:quantum.algorithm/qft within organization:nowhere',
    ]);
  });

  const lacking: readonly [
    what: string,
    asked: Partial<ExplainAsked>,
    changes: Changes,
    reason: string,
    lacks: string,
  ][] = [
    ['a permission', { method: 'DELETE' }, {}, 'not_permitted', 'user:vera can_delete content:quantum.algorithm/qft'],
    ['an account', { account: 'other' }, {}, 'foreign_account', 'an acting account that the caller belongs to'],
    [
      'a permission on the acting account',
      { account: 'acme' },
      { acting: 'can_create_content' },
      'not_permitted',
      'user:vera can_create_content organization:acme',
    ],
    ['a credential', { as: undefined }, {}, 'sign_in_required', 'a credential'],
    [
      'a kind of credential',
      {},
      { credentials: ['session', 'jwt:corp'] },
      'credential_not_accepted',
      'a credential of the kind session or jwt:corp',
    ],
    [
      'everything',
      {},
      { allow: { kind: 'nobody' } },
      'not_permitted',
      'nothing helps: the rule is closed to everybody',
    ],
  ];
  it.each(lacking)('says that %s is lacking', async (_what, asked, changes, reason, lacks) => {
    expect(await explained(asked, changes)).toMatchObject({ reason, lacks: [lacks] });
  });

  it('takes the credential for the kind that is said', async () => {
    const credentials = ['session', 'jwt:corp'] as const;
    expect(await explained({ credential: 'jwt:corp' }, { credentials })).toMatchObject({ verdict: 'allow' });
    expect(await explained({ credential: 'jwt:other' }, { credentials })).toMatchObject({ verdict: 'sign-in' });
    await expect(explained({ credential: 'password' })).rejects.toThrow('"password" is no kind of credential');
  });

  it('says what a candidate would have said, with what it asked', async () => {
    const candidate = sentence('can_edit on content:quantum.algorithm/{id}');
    const { verdict, beside } = await explained({}, { candidate });
    expect(verdict).toBe('allow');
    expect(beside).toMatchObject({
      kind: 'candidate',
      verdict: 'deny',
      reason: 'not_permitted',
      asked: [{ answer: 'allowed' }, { names: 'user:vera can_edit content:quantum.algorithm/qft', answer: 'denied' }],
    });
  });

  it('says what a rule in shadow would have said', async () => {
    const answer = await explained({}, { mode: 'shadow' });
    expect(answer).toMatchObject({
      verdict: 'no-route',
      status: 404,
      beside: { kind: 'shadow', route: 'quantum GET /algorithms/{id}', verdict: 'allow' },
    });
    expect(answer.route).toBeUndefined();
  });

  const misses: readonly [method: string, url: string, near: string][] = [
    ['POST', '/open', 'quantum GET /open: the method is POST, the rule has GET'],
    ['GET', '/opne', 'quantum GET /open: segment 1 is "opne", the rule has "open"'],
    ['GET', '/open/', 'quantum GET /open: the path ends with a slash, the rule does not'],
    [
      'GET',
      'http://acme.quantum.example/open',
      'quantum GET /open: the host is acme.quantum.example, which has rules of its own beside *',
    ],
    [
      'PATCH',
      '/algoritms/qft',
      'quantum GET /algorithms/{id}: the method is PATCH, the rule has GET and segment 1 is "algoritms", the rule has "algorithms"',
    ],
    [
      'PUT',
      '/algorithms/QFT',
      'quantum GET /algorithms/{id}: the method is PUT, the rule has GET and segment 2 is "QFT", which is outside the alphabet of {id} (slug)',
    ],
  ];
  it.each(misses)('of %s %s without a rule says what is near and what it lacks', async (method, url, near) => {
    const answer = await explained({ method, url });
    expect(answer).toMatchObject({ verdict: 'no-route', status: 404, lacks: [] });
    expect(answer.near.map(({ route, lacks }) => `${route}: ${lacks}`)).toContain(near);
    expect(answer.near[0]?.missing.length).toBeGreaterThan(0);
  });

  it('of a request that is near to nothing names no rule', async () => {
    expect((await explained({ method: 'PROPFIND', url: '/far/away/from/all' })).near).toEqual([]);
  });
});
