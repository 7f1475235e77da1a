import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { embedded } from '@gatehouse/policies/engine/embedded/embedded';
import type { Engine, Tuple } from '@gatehouse/policies/engine/engine';
import { loadModel } from '@gatehouse/policies/model/load';
import type { Account, Principal } from '@gatehouse/policies/principal';
import { compileRoutes } from '@gatehouse/policies/routes/load';
import type { RouteTable } from '@gatehouse/policies/routes/table';
import { readTarget } from '@gatehouse/policies/routes/target';
import { decider } from './decide.ts';
import type { Decider } from './decide.ts';
import type { Identified } from './identity/identity.ts';
import type { Verdict } from './verdict.ts';

const routes = `
version: 1
app: quantum
upstreams:
  api: http://127.0.0.1:4402
params:
  id: slug
hosts:
  "*":
    GET /open:
      allow: everyone
    GET /algorithms/{id}:
      allow: can_view on content:quantum.algorithm/{id}
    DELETE /algorithms/{id}:
      allow: can_delete on content:quantum.algorithm/{id}
    GET /list:
      allow: can_view_content on organization:{account}
    GET /.gatehouse-not/{id}:
      allow: can_view on content:quantum.algorithm/{id}
`;

const acme: Account = { id: 'acc_acme', slug: 'acme' };
const home: Account = { id: 'acc_vera', slug: 'vera' };

const tuples: Tuple[] = [
  { subject: 'user:vera', relation: 'owner', object: 'organization:acc_vera' },
  { subject: 'user:vera', relation: 'viewer', object: 'organization:acc_acme' },
  { subject: 'organization:acc_acme', relation: 'organization', object: 'workspace:w' },
  { subject: 'organization:acc_acme#viewer', relation: 'viewer', object: 'workspace:w' },
  { subject: 'workspace:w', relation: 'workspace', object: 'content:quantum.algorithm/qft' },
  { subject: 'workspace:w', relation: 'audience', object: 'content:quantum.algorithm/qft' },
];

const vera: Principal = {
  subject: 'user:vera',
  name: 'vera',
  home,
  fixedToHome: false,
  hasSeveralAccounts: true,
  credential: 'token',
  scopes: ['all'],
};

const bearers: Readonly<Record<string, Identified>> = {
  vera: { kind: 'principal', principal: vera },
  reader: { kind: 'principal', principal: { ...vera, scopes: ['content:read'] } },
  robot: { kind: 'principal', principal: { ...vera, fixedToHome: true } },
  expired: { kind: 'invalid', reason: 'invalid_credential' },
};

let engine: Engine;
let table: RouteTable;
let decide: (method: string, url: string, bearer?: string, account?: string) => Promise<Verdict>;
let make: (parts?: Partial<Parameters<typeof decider>[0]>) => Decider;

beforeAll(async () => {
  const { model } = await loadModel(fileURLToPath(new URL('../../policies/model', import.meta.url)));
  engine = await embedded({ model });
  await engine.write({ writes: tuples, deletes: [] });
  const sources = [{ file: 'quantum.yaml', bytes: Buffer.from(routes) }];
  const loaded = await compileRoutes(sources, { folder: 'routes', model, accountId: (slug) => slug });
  if (loaded.kind === 'refused') throw new Error(JSON.stringify(loaded.problems));
  table = loaded.table;
  make = (parts = {}) =>
    decider({
      routes: () => table,
      identify: (bearer) => bearers[bearer] ?? { kind: 'not-mine' },
      accounts: (slugOrId) => [acme, home].find(({ id, slug }) => id === slugOrId || slug === slugOrId),
      engine,
      ...parts,
    });
  decide = async (method, url, bearer, account) => make().decide(requestOf(method, url, bearer, account));
});

const requestOf = (method: string, url: string, bearer?: string, account?: string) => {
  const read = readTarget({ method, rawTarget: url, host: 'localhost' });
  if (read.kind === 'refused') throw new Error(read.detail);
  return {
    target: read.target,
    ...(bearer === undefined ? {} : { bearer }),
    ...(account === undefined ? {} : { account }),
  };
};

describe('a decision', () => {
  it.each([
    ['vera', 'GET', '/algorithms/qft', undefined, 'allow', undefined],
    ['vera', 'HEAD', '/algorithms/qft', undefined, 'allow', undefined],
    ['vera', 'DELETE', '/algorithms/qft', undefined, 'deny', 'not_permitted'],
    ['vera', 'GET', '/algorithms/unknown', undefined, 'deny', 'not_permitted'],
    ['vera', 'GET', '/algorithms/QFT', undefined, 'bad-request', 'bad_parameter'],
    ['vera', 'GET', '/elsewhere', undefined, 'no-route', 'no_route'],
    ['vera', 'GET', '/list', undefined, 'allow', undefined],
    ['vera', 'GET', '/list', 'acme', 'allow', undefined],
    ['vera', 'GET', '/list', 'acc_acme', 'allow', undefined],
    ['vera', 'GET', '/list', 'other', 'deny', 'foreign_account'],
    ['robot', 'GET', '/list', 'acme', 'deny', 'foreign_account'],
    ['reader', 'GET', '/algorithms/qft', undefined, 'allow', undefined],
    ['reader', 'DELETE', '/algorithms/qft', undefined, 'deny', 'out_of_scope'],
    ['expired', 'GET', '/algorithms/qft', undefined, 'sign-in', 'invalid_credential'],
    ['expired', 'GET', '/open', undefined, 'sign-in', 'invalid_credential'],
    ['expired', 'GET', '/elsewhere', undefined, 'sign-in', 'invalid_credential'],
    ['expired', 'GET', '/algorithms/QFT', undefined, 'sign-in', 'invalid_credential'],
    ['unheard-of', 'GET', '/open', undefined, 'sign-in', 'invalid_credential'],
    [undefined, 'GET', '/algorithms/qft', undefined, 'sign-in', 'sign_in_required'],
    [undefined, 'GET', '/open', undefined, 'allow', undefined],
  ])('for %s on %s %s as %s is %s %s', async (bearer, method, url, account, kind, reason) => {
    const verdict = await decide(method, url, bearer, account);
    expect({ kind: verdict.kind, reason: 'reason' in verdict ? verdict.reason : undefined }).toEqual({ kind, reason });
  });

  it('carries what it was made of: rule, caller, account and each tuple asked', async () => {
    expect(await decide('GET', '/algorithms/qft', 'vera', 'acme')).toMatchObject({
      rule: { id: 'quantum GET /algorithms/{id}' },
      principal: { name: 'vera' },
      account: acme,
      asked: [
        { subject: 'user:vera', relation: 'can_view', object: 'organization:acc_acme', answer: 'allowed' },
        { subject: 'user:vera', relation: 'can_view', object: 'content:quantum.algorithm/qft', answer: 'allowed' },
      ],
    });
  });

  it.each([
    ['vera', 'GET', '/algorithms/qft'],
    ['vera', 'GET', '/elsewhere'],
    ['vera', 'GET', '/algorithms/QFT'],
    ['expired', 'GET', '/algorithms/qft'],
  ])('for %s on %s %s names the policies that made it, and asks for them once', async (bearer, method, url) => {
    const { promise: identified, resolve } = Promise.withResolvers<Identified>();
    let asked = 0;
    const { decide: deciding } = make({
      identify: () => identified,
      routes: () => ({ ...table, digest: `set ${(asked += 1)}` }),
    });
    const verdict = deciding(requestOf(method, url, bearer));
    resolve(bearers[bearer] ?? { kind: 'not-mine' });
    expect(await verdict).toMatchObject({ policies: 'set 1' });
    expect(asked).toBe(1);
  });

  it('is made without a promise when nothing has to be fetched', () => {
    expect(make().decide(requestOf('GET', '/algorithms/qft', 'vera'))).not.toBeInstanceOf(Promise);
  });

  it('keeps our own corner of the path space from every policy', async () => {
    expect(await decide('GET', '/.gatehouse/x', 'vera')).toMatchObject({ kind: 'no-route' });
    expect(await decide('GET', '/%2egatehouse/x', 'vera')).toMatchObject({ kind: 'no-route' });
    expect(await decide('GET', '/.gatehouse-not/qft', 'vera')).toMatchObject({ kind: 'allow' });
  });
});

describe('unable to decide', () => {
  const broken = new Error('down');
  it.each([
    [
      'the identity throws',
      {
        identify: () => {
          throw broken;
        },
      },
    ],
    ['the identity rejects', { identify: () => Promise.reject(broken) }],
    [
      'the accounts throw',
      {
        accounts: () => {
          throw broken;
        },
      },
    ],
    ['the accounts reject', { accounts: () => Promise.reject(broken) }],
    [
      'the engine throws',
      {
        engine: {
          check: () => {
            throw broken;
          },
        } as unknown as Engine,
      },
    ],
    ['the engine rejects', { engine: { check: () => Promise.reject(broken) } as unknown as Engine }],
    [
      'the engine fails to answer',
      { engine: { check: () => ({ verdict: 'failed', code: 'unavailable', message: 'down' }) } as unknown as Engine },
    ],
  ])('is what it is when %s, never an allow and never a denial', async (_when, parts) => {
    const verdict = await make(parts).decide(requestOf('GET', '/algorithms/qft', 'vera', 'acme'));
    expect(verdict).toMatchObject({ kind: 'unavailable', reason: 'unable_to_decide' });
  });
});
