import { beforeAll, describe, expect, it } from 'vitest';
import { acme, changed, decidingWorld, requestOf } from './test/deciding.ts';
import type { Deciding } from './test/deciding.ts';

let table: Deciding['table'];
let make: Deciding['make'];
let decide: Deciding['decide'];
beforeAll(async () => {
  ({ table, make, decide } = await decidingWorld());
});

describe('the acting account', () => {
  it.each([
    ['vera', 'http://acme.quantum.example/list', undefined, 'allow acme'],
    ['vera', 'http://ACME.quantum.example./list', undefined, 'allow acme'],
    ['vera', 'http://acme.quantum.example/list', 'vera', 'allow acme'],
    ['vera', 'http://vera.quantum.example/list', 'acme', 'allow vera'],
    ['vera', 'http://other.quantum.example/list', undefined, 'foreign_account'],
    ['vera', 'http://other.quantum.example/list', 'acme', 'foreign_account'],
    ['robot', 'http://acme.quantum.example/list', undefined, 'foreign_account'],
    ['robot', 'http://vera.quantum.example/list', undefined, 'allow vera'],
    ['vera', 'http://ac_me.quantum.example/list', undefined, 'bad_parameter'],
    ['vera', 'http://a.acme.quantum.example/list', undefined, 'allow vera'],
    ['vera', 'http://localhost/list', 'acme', 'allow acme'],
    ['vera', 'http://localhost/list', undefined, 'allow vera'],
  ])('of %s at %s with the header %s: %s', async (bearer, url, account, outcome) => {
    const verdict = await decide('GET', url, bearer, account);
    expect('reason' in verdict ? verdict.reason : `${verdict.kind} ${verdict.account?.slug}`).toBe(outcome);
  });

  it('must be named where a request is metered, and the host names it', async () => {
    const metered = changed(table, {
      'quantum POST {account}.quantum.example/list': { meter: 'lists' },
      'quantum DELETE /algorithms/{id}': { meter: 'deletions' },
    });
    const { decide: decideMetered } = make({ routes: () => metered });
    expect(await decideMetered(requestOf('DELETE', '/algorithms/qft', 'vera'))).toMatchObject({
      kind: 'bad-request',
      reason: 'account_required',
      rule: { id: 'quantum DELETE /algorithms/{id}' },
    });
    expect(await decideMetered(requestOf('POST', 'http://acme.quantum.example/list', 'vera'))).toMatchObject({
      kind: 'allow',
      account: acme,
    });
  });
});

describe('a kind of credential that the rule does not accept', () => {
  it('is a wrong credential, and the caller is named in the record', async () => {
    const sessions = changed(table, { 'quantum GET /open': { credentials: ['session'] } });
    const { decide: decideSessions } = make({ routes: () => sessions });
    expect(await decideSessions(requestOf('GET', '/open', 'vera'))).toMatchObject({
      kind: 'sign-in',
      reason: 'credential_not_accepted',
      principal: { name: 'vera' },
      rule: { id: 'quantum GET /open' },
      asked: [],
    });
    expect(await decideSessions(requestOf('GET', '/open'))).toMatchObject({ kind: 'allow' });
  });
});

describe('an encoded slash', () => {
  const slashes = () => changed(table, { 'quantum GET /open': { allowsEncodedSlash: true } });
  it.each([
    ['vera', '/algorithms/a%2fb'],
    ['vera', '/open%2Fx'],
    ['vera', '/elsewhere/a%2fb'],
    ['vera', '/.gatehouse/a%2fb'],
    ['vera', '/.gatehouse%2fa'],
    ['vera', '/%2egatehouse%2Fa'],
    ['expired', '/algorithms/a%2fb'],
    ['unheard-of', '/elsewhere/a%2fb'],
    [undefined, '/algorithms/a%2fb'],
  ])('from %s in %s is refused before anything else where no rule allows it', async (bearer, url) => {
    const { decide: decideSlashes } = make({ routes: slashes });
    const verdict = await decideSlashes(requestOf('GET', url, bearer));
    expect(verdict).toMatchObject({ kind: 'bad-request', reason: 'ambiguous_path', asked: [] });
    expect(verdict).not.toHaveProperty('principal.tokenId');
  });
});

describe('a rule in shadow', () => {
  const shadowed = () =>
    changed(table, { 'quantum GET /algorithms/{id}': { mode: 'shadow' }, 'quantum GET /open': { mode: 'shadow' } });
  const rows = [
    ['vera', '/algorithms/qft', 'allow', undefined],
    ['vera', '/algorithms/unknown', 'deny', 'not_permitted'],
    ['vera', '/algorithms/QFT', 'bad-request', 'bad_parameter'],
    [undefined, '/algorithms/qft', 'sign-in', 'sign_in_required'],
    [undefined, '/open', 'allow', undefined],
  ] as const;
  it.each(rows)('answers %s on %s as if it were not there, and records %s %s', async (bearer, url, said, reason) => {
    const verdict = await make({ routes: shadowed }).decide(requestOf('GET', url, bearer));
    expect(verdict).toMatchObject({ kind: 'no-route', reason: 'no_route', asked: [], policies: table.digest });
    expect(verdict.beside).toMatchObject({
      kind: 'shadow',
      verdict: said,
      ...(reason === undefined ? {} : { reason }),
    });
    expect(verdict).not.toHaveProperty('rule');
    expect(verdict).not.toHaveProperty('params');
  });

  it('is not there for a wrong credential either', async () => {
    const verdict = await make({ routes: shadowed }).decide(requestOf('GET', '/open', 'expired'));
    expect(verdict).toMatchObject({ kind: 'sign-in', reason: 'invalid_credential' });
    expect(verdict).not.toHaveProperty('rule');
  });
});

describe('a candidate', () => {
  it('is in the verdict and changes nothing else of it', async () => {
    const live = await decide('GET', '/algorithms/qft', 'vera');
    const candidates = changed(table, { 'quantum GET /algorithms/{id}': { candidate: { kind: 'nobody' } } });
    const { beside, ...verdict } = await make({ routes: () => candidates }).decide(
      requestOf('GET', '/algorithms/qft', 'vera'),
    );
    const { rule, ...rest } = live;
    expect(verdict).toMatchObject(rest);
    expect(verdict.rule?.id).toBe(rule?.id);
    expect(beside).toMatchObject({ kind: 'candidate', verdict: 'deny', reason: 'not_permitted' });
  });
});
