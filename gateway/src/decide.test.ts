import { beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '@gatehouse/policies/engine/engine';
import type { Identified } from './identity/identity.ts';
import { acme, bearers, decidingWorld, requestOf } from './test/deciding.ts';
import type { Deciding } from './test/deciding.ts';

let table: Deciding['table'];
let make: Deciding['make'];
let decide: Deciding['decide'];
beforeAll(async () => {
  ({ table, make, decide } = await decidingWorld());
});

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
