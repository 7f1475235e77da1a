import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { embedded } from '@gatehouse/policies/engine/embedded/embedded';
import type { Engine } from '@gatehouse/policies/engine/engine';
import type { Account, Principal } from '@gatehouse/policies/principal';
import { decider } from '../decide.ts';
import type { Decider } from '../decide.ts';
import { modelIn, tryRoutes } from '../load-policies.ts';
import type { LiveRoutes, LoadedModel, RoutesTried } from '../load-policies.ts';
import { routeSource } from '../policies/test/route-file.ts';
import { withCandidate } from './candidate.ts';
import { replay } from './replay.ts';
import type { ReplaySummary } from './replay.ts';
import { replayRecord } from './replay-record.ts';
import type { RecordedRequest } from './replay-record.ts';

const other = routeSource('other', { 'GET /x': 'allow: everyone' });
const before = routeSource('q', {
  'GET /things/{id}': 'allow: can_view on content:q.thing/{id}',
  'GET /open': 'allow: everyone',
  'GET /own/{account}': 'allow: can_view_content on organization:{account}',
  'GET /list': 'allow: can_view_content on organization:{account}',
  'GET /by-query': 'allow: can_view on content:q.thing/{query.id}',
  'GET /sessions': 'allow: signed-in; credentials: [session]',
});
const after = routeSource('q', {
  'GET /things/{id}': 'allow: can_edit on content:q.thing/{id}',
  'GET /things/known': 'allow: can_view on content:q.thing/known',
  'GET /own/{account}': 'allow: can_view_content on organization:{account}',
  'GET /list': 'allow: can_create_content on organization:{account}',
  'GET /by-query': 'allow: can_view on content:q.thing/{query.id}',
  'GET /sessions': 'allow: signed-in; credentials: [session]',
  'GET /new': 'allow: signed-in',
});

const acme: Account = { id: 'acc_acme', slug: 'acme' };
const home: Account = { id: 'acc_vera', slug: 'vera' };
const vera: Principal = {
  subject: 'user:vera',
  name: 'vera',
  home,
  fixedToHome: false,
  hasSeveralAccounts: true,
  credential: 'token',
  scopes: ['all'],
};

let model: LoadedModel;
let engine: Engine;
let live: LiveRoutes;
let candidate: LiveRoutes;

const tried = async (sources: readonly { file: string; bytes: Uint8Array }[]): Promise<RoutesTried> =>
  tryRoutes(sources, { model: model.model, accountId: (slug) => slug, jwtIssuers: [] });
const loaded = async (sources: readonly { file: string; bytes: Uint8Array }[]): Promise<LiveRoutes> => {
  const outcome = await tried(sources);
  if (outcome.kind === 'refused') throw new Error(outcome.problems.join('\n'));
  return outcome.routes;
};

beforeAll(async () => {
  model = await modelIn(fileURLToPath(new URL('../../../policies', import.meta.url)));
  engine = await embedded({ model: model.model });
  await engine.write({
    writes: [
      { subject: 'user:vera', relation: 'owner', object: 'organization:acc_vera' },
      { subject: 'user:vera', relation: 'viewer', object: 'organization:acc_acme' },
      { subject: 'user:vera', relation: 'viewer', object: 'content:q.thing/known' },
      { subject: 'user:vera', relation: 'viewer', object: 'content:q.thing/seen' },
      { subject: 'user:vera', relation: 'owner', object: 'content:q.thing/owned' },
    ],
    deletes: [],
  });
  live = await loaded([before, other]);
  candidate = await loaded(
    withCandidate(
      { sources: live.sources, rules: live.table.rules },
      { kind: 'file', sources: [{ ...after, file: 'new-q.yaml' }] },
    ),
  );
});

const decideBy = ({ table }: LiveRoutes, asked: Engine = engine): Decider['decideAs'] =>
  decider({
    routes: () => table,
    identify: () => ({ kind: 'not-mine' }),
    accounts: (text) => [acme, home].find(({ id, slug }) => id === text || slug === text),
    engine: asked,
  }).decideAs;

const record = (given: Partial<RecordedRequest>): RecordedRequest => ({
  method: 'GET',
  host: 'q.example',
  path: '/things/seen',
  subject: 'user:vera',
  token: 'tok_1',
  account: home.id,
  ...given,
});

const anonymous = { subject: undefined, token: undefined, account: undefined };

const replayOne = (one: RecordedRequest, asked?: Engine) =>
  replayRecord(
    {
      live: decideBy(live, asked),
      candidate: decideBy(candidate, asked),
      caller: ({ subject }) => (subject === 'user:vera' ? vera : undefined),
    },
    one,
  );

const summaryOf = async (records: readonly RecordedRequest[]): Promise<ReplaySummary> => {
  for await (const told of replay(records, replayOne)) if (told.kind === 'answer') return told.summary;
  throw new Error('no answer');
};

const verdictText = ({ verdict, reason }: { readonly verdict: string; readonly reason?: string }): string =>
  reason === undefined ? verdict : `${verdict} ${reason}`;

describe('a recorded request', () => {
  it.each([
    ['a stricter rule', {}, 'allow', 'deny not_permitted'],
    ['a stricter rule that still allows', { path: '/things/owned' }, 'allow', 'allow'],
    ['a new rule beside', { path: '/things/known' }, 'allow', 'allow'],
    ['no credential', { ...anonymous }, 'sign-in sign_in_required', 'sign-in sign_in_required'],
    ['a rule that is gone', { ...anonymous, path: '/open' }, 'allow', 'no-route no_route'],
    ['a rule that is new', { path: '/new', account: undefined }, 'no-route no_route', 'allow'],
    ['a value outside its alphabet', { path: '/things/a~b' }, 'bad-request bad_parameter', 'bad-request bad_parameter'],
    ['another application', { host: 'other.example', path: '/x', ...anonymous }, 'allow', 'allow'],
    ['no host of any', { host: 'nobody.example' }, 'no-route no_route', 'no-route no_route'],
    ['the account in the header', { path: '/list', account: acme.id }, 'allow', 'deny not_permitted'],
    ['the own account', { path: '/list', account: home.id }, 'allow', 'allow'],
    ['the account in the path', { path: '/own/acme', account: acme.id }, 'allow', 'allow'],
    [
      'a foreign account in the path',
      { path: '/own/elsewhere', account: undefined, reason: 'foreign_account' },
      'deny foreign_account',
      'deny foreign_account',
    ],
  ])('with %s is decided by both sets', async (_what, given, was, would) => {
    const outcome = await replayOne(record(given));
    if (outcome.kind === 'skipped') throw new Error(outcome.why);
    expect([verdictText(outcome.before), verdictText(outcome.after)]).toEqual([was, would]);
  });

  it.each([
    ['refused before any rule', { path: '', host: '' }, 'refused_before'],
    ['of a method that is never proxied', { method: 'TRACE' }, 'refused_before'],
    ['with an invalid credential', { ...anonymous, reason: 'invalid_credential' }, 'refused_before'],
    ['of a caller who is gone', { subject: 'user:gone' }, 'unknown_caller'],
    ['that named a foreign account', { account: undefined, reason: 'foreign_account' }, 'unknown_account'],
    ['that named no account at all', { account: undefined, reason: 'ambiguous_header' }, 'unknown_account'],
    ['whose query decides', { path: '/by-query' }, 'unknown_query'],
    ['whose kind of credential decides', { path: '/sessions', token: undefined }, 'unknown_credential'],
  ])('%s is not decided again, and it is said why', async (_what, given, why) => {
    expect(await replayOne(record(given))).toEqual({ kind: 'skipped', why });
  });

  it('is not taken for a denial when it cannot be decided', async () => {
    const down: Engine = { ...engine, check: () => ({ verdict: 'failed', code: 'unavailable', message: 'down' }) };
    expect(await replayOne(record({}), down)).toEqual({ kind: 'skipped', why: 'unable_to_decide' });
  });

  it('shows the rule and each tuple asked, on both sides', async () => {
    expect(await replayOne(record({}))).toMatchObject({
      caller: 'vera',
      before: {
        route: 'q GET q.example/things/{id}',
        status: 200,
        asked: expect.arrayContaining(['user:vera can_view content:q.thing/seen = allowed']),
      },
      after: {
        route: 'q GET q.example/things/{id}',
        status: 403,
        asked: expect.arrayContaining(['user:vera can_edit content:q.thing/seen = denied']),
      },
    });
  });
});

describe('a replay', () => {
  it('counts requests that are alike together, the commonest first', async () => {
    const summary = await summaryOf([
      record({ path: '/open', ...anonymous }),
      record({}),
      record({}),
      record({ path: '/things/owned' }),
      record({ path: '/by-query' }),
    ]);
    expect(summary).toMatchObject({ records: 5, replayed: 4, differing: 3, skipped: { unknown_query: 1 } });
    expect(summary.differences.map(({ count, path, caller }) => [count, path, caller])).toEqual([
      [2, '/things/seen', 'vera'],
      [1, '/open', 'nobody'],
    ]);
  });

  it('takes the same answer by another rule for a difference, and another question of the same rule not', async () => {
    const { differences } = await summaryOf([record({ path: '/things/known' }), record({ path: '/things/owned' })]);
    expect(differences.map(({ before: was, after: would }) => [was.route, would.route])).toEqual([
      ['q GET q.example/things/{id}', 'q GET q.example/things/known'],
    ]);
  });

  it('tells how far it is, and leaves other requests their turn', async () => {
    const told: unknown[] = [];
    let turns = 0;
    const ticking = setInterval(() => (turns += 1), 0);
    for await (const one of replay(
      Array.from({ length: 120 }, () => record({})),
      replayOne,
    ))
      told.push(one);
    clearInterval(ticking);
    expect(told).toMatchObject([
      { kind: 'progress', done: 50, total: 120 },
      { kind: 'progress', done: 100, total: 120 },
      { kind: 'answer', summary: { records: 120, differing: 120 } },
    ]);
    expect(turns).toBeGreaterThan(0);
  });

  it('loses no record and finds no difference between a set and itself', async () => {
    const paths = ['/things/seen', '/things/owned', '/open', '/own/acme', '/list', '/by-query', '/sessions', '/x', ''];
    const requests = fc.record({
      method: fc.constantFrom('GET', 'HEAD', 'POST', 'TRACE'),
      host: fc.constantFrom('q.example', 'other.example', ''),
      path: fc.oneof(fc.constantFrom(...paths), fc.webPath()),
      subject: fc.constantFrom(undefined, 'user:vera', 'user:gone'),
      token: fc.constantFrom(undefined, 'tok_1'),
      account: fc.constantFrom(undefined, acme.id, home.id),
      reason: fc.constantFrom(undefined, 'invalid_credential', 'foreign_account', 'not_permitted'),
    });
    const same = { live: decideBy(live), candidate: decideBy(live), caller: () => vera };
    await fc.assert(
      fc.asyncProperty(fc.array(requests, { maxLength: 20 }), async (records) => {
        for await (const told of replay(records, (one) => replayRecord(same, one))) {
          if (told.kind === 'progress') continue;
          const { summary } = told;
          const skipped = Object.values(summary.skipped).reduce((total, count) => total + count, 0);
          expect(summary).toMatchObject({ records: records.length, replayed: records.length - skipped, differing: 0 });
        }
      }),
    );
  });
});
