import { describe, expect, it } from 'vitest';
import { authorized, summary } from './test/authorized.ts';
import type { CredentialKind, RuleOptions } from './rule.ts';
import type { Case } from './test/authorized.ts';

const view = 'can_view on content:q.a/{id}';
const orders = 'can_view_content on organization:{account}';
const qft = { params: { id: 'qft' } };

const rows: readonly [allow: string, given: Case, outcome: string][] = [
  ['everyone', { as: 'nobody' }, 'allow as no account'],
  ['everyone', {}, 'allow as bob'],
  ['everyone', { header: 'acme' }, 'allow as acme'],
  ['everyone', { header: 'acc_acme' }, 'allow as acme'],
  ['everyone', { header: 'other' }, 'deny foreign_account'],
  ['everyone', { header: 'unheard-of' }, 'deny foreign_account'],
  ['everyone', { header: 'down' }, 'unavailable unavailable'],
  ['everyone', { as: 'nobody', header: 'acme' }, 'sign-in sign_in_required'],
  ['everyone', { params: { account: 'acme' } }, 'allow as acme'],
  ['everyone', { params: { account: 'other' } }, 'allow as no account'],
  ['everyone', { params: { account: 'unheard-of' } }, 'allow as no account'],
  ['everyone', { params: { account: 'down' } }, 'allow as no account'],
  ['everyone', { as: { home: { id: 'acc_gone', slug: 'gone' } } }, 'allow as no account'],
  ['everyone', { as: { scopes: [] } }, 'allow as bob'],
  ['everyone', { header: 'Acme, other' }, 'bad-request ambiguous_header'],
  ['everyone', { as: 'nobody', header: '' }, 'bad-request ambiguous_header'],
  ['nobody', {}, 'deny not_permitted'],
  ['nobody', { as: 'nobody' }, 'deny not_permitted'],
  ['nobody', { header: 'other' }, 'deny not_permitted'],
  ['signed-in', { as: 'nobody' }, 'sign-in sign_in_required'],
  ['signed-in', {}, 'allow as bob'],
  ['signed-in', { as: { scopes: ['app:q'] } }, 'allow as bob'],
  ['signed-in', { as: { scopes: ['app:other', 'content:read'] } }, 'deny out_of_scope'],
  ['signed-in', { as: { home: { id: 'acc_gone', slug: 'gone' } } }, 'deny not_permitted'],
  ['signed-in', { params: { account: 'other' } }, 'deny foreign_account'],
  ['signed-in', { as: { fixedToHome: true }, header: 'acme' }, 'deny foreign_account'],
  ['signed-in', { as: { fixedToHome: true }, params: { account: 'acme' } }, 'deny foreign_account'],
  ['signed-in', { as: { fixedToHome: true }, header: 'bob' }, 'allow as bob'],
  ['signed-in', { as: { fixedToHome: true } }, 'allow as bob'],
  ['signed-in', { header: 'other', params: { account: 'acme' } }, 'allow as acme'],
  [view, { as: 'nobody', ...qft }, 'sign-in sign_in_required'],
  [view, qft, 'allow as bob'],
  [view, { ...qft, header: 'acme' }, 'allow as acme'],
  [view, { ...qft, header: 'other' }, 'deny foreign_account'],
  [view, { params: { id: 'shor' } }, 'deny not_permitted'],
  [view, { params: { id: 'broken' } }, 'unavailable unavailable'],
  [view, { ...qft, as: { scopes: ['content:read'] } }, 'allow as bob'],
  [view, { ...qft, as: { scopes: ['content:write'] } }, 'deny out_of_scope'],
  [view, { ...qft, as: { scopes: [] } }, 'deny out_of_scope'],
  [view, { ...qft, as: { subject: 'user:eve' } }, 'deny not_permitted'],
  [view, { ...qft, header: 'down' }, 'unavailable unavailable'],
  [orders, { header: 'acme' }, 'allow as acme'],
  [orders, {}, 'deny not_permitted'],
  [orders, { params: { account: 'acme' } }, 'allow as acme'],
  ['can_view_content on organization:{org}', { params: { org: 'acme' } }, 'allow as bob'],
  ['can_view_content on organization:{org}', { params: { org: 'unheard-of' } }, 'deny not_permitted'],
  ['can_view_content on organization:acc_acme', {}, 'allow as bob'],
  [`${view} within organization:{org}`, { params: { id: 'qft', org: 'acme' } }, 'allow as bob'],
  [`${view} within organization:{org}`, { params: { id: 'qft', org: 'other' } }, 'deny not_permitted'],
  [`${view} within organization:{org}`, { params: { id: 'qft', org: 'unheard-of' } }, 'deny not_permitted'],
  [`${view} within workspace:{w}`, { params: { id: 'qft', w: 'w1' } }, 'allow as bob'],
  [`${view} within content:q.a/{id}`, qft, 'allow as bob'],
  [`${view} within organization:{account}`, { ...qft, header: 'acme' }, 'allow as acme'],
  [`${view} within organization:{account}`, qft, 'deny not_permitted'],
  [`${view} within organization:{account}`, { params: { id: 'lost' }, header: 'acme' }, 'deny not_permitted'],
  ['can_view on content:q.a/{query.id}', { query: '?id=qft' }, 'allow as bob'],
  ['can_view on content:q.a/{query.id}', { query: '?x&id=%71ft&y=' }, 'allow as bob'],
  ['can_view on content:q.a/{query.id}', { query: '?id=shor' }, 'deny not_permitted'],
  ['can_view on content:q.a/{query.id}', { query: '' }, 'bad-request ambiguous_query'],
  ['can_view on content:q.a/{query.id}', { query: '?id' }, 'bad-request ambiguous_query'],
  ['can_view on content:q.a/{query.id}', { query: '?id=qft&id=shor' }, 'bad-request ambiguous_query'],
  ['can_view on content:q.a/{query.id}', { query: '?id=qft&%69d=shor' }, 'bad-request ambiguous_query'],
  ['can_view on content:q.a/{query.id}', { query: '?id=qft&ID=shor' }, 'bad-request ambiguous_query'],
  ['can_view on content:q.a/{query.id}', { query: '?id=qft&id[]=shor' }, 'bad-request ambiguous_query'],
  ['can_view on content:q.a/{query.id}', { query: '?id[]=qft' }, 'bad-request ambiguous_query'],
  ['can_view on content:q.a/{query.id}', { query: '?id=qft;id=shor' }, 'bad-request ambiguous_query'],
  ['can_view on content:q.a/{query.id}', { query: '?id=q/ft' }, 'bad-request ambiguous_query'],
  ['can_view on content:q.a/{query.id}', { query: '?id=%zz' }, 'bad-request ambiguous_query'],
  ['can_view on content:q.a/{query.id}', { query: '?id=qft&%=1' }, 'bad-request ambiguous_query'],
  ['can_view on content:q.a/{query.id}', { as: 'nobody' }, 'sign-in sign_in_required'],
  [`any of [${view}, can_view on content:q.a/{query.id}]`, qft, 'bad-request ambiguous_query'],
  [view, { params: { id: 'i'.repeat(250) } }, 'bad-request bad_parameter'],
  [view, { params: { id: 'a#b' } }, 'bad-request bad_parameter'],
  [view, {}, 'bad-request bad_parameter'],
  ['any of [everyone, nobody]', { as: 'nobody' }, 'allow as no account'],
  [`any of [nobody, ${view}]`, { as: 'nobody', ...qft }, 'sign-in sign_in_required'],
  [`all of [nobody, ${view}]`, { as: 'nobody', ...qft }, 'deny not_permitted'],
  [`all of [nobody, ${view}]`, qft, 'deny not_permitted'],
  [`all of [everyone, ${view}]`, { as: 'nobody', ...qft }, 'sign-in sign_in_required'],
  [`all of [everyone, ${view}]`, qft, 'allow as bob'],
  [`all of [${view}, can_edit on content:q.a/{id}]`, qft, 'allow as bob'],
  [`all of [${view}, can_delete on content:q.a/{id}]`, qft, 'deny not_permitted'],
  [`any of [can_delete on content:q.a/{id}, ${view}]`, qft, 'allow as bob'],
  [`any of [can_delete on content:q.a/{id}, can_submit on content:q.a/{id}]`, qft, 'deny not_permitted'],
  ['any of [can_view on content:q.a/broken, can_view on content:q.a/qft]', {}, 'allow as bob'],
  ['any of [can_view on content:q.a/broken, can_view on content:q.a/shor]', {}, 'unavailable unavailable'],
  ['any of [can_view on content:q.a/shor, can_view on content:q.a/broken]', {}, 'unavailable unavailable'],
  ['all of [can_view on content:q.a/broken, can_view on content:q.a/shor]', {}, 'deny not_permitted'],
  ['all of [can_view on content:q.a/qft, can_view on content:q.a/broken]', {}, 'unavailable unavailable'],
  ['all of [can_view on content:q.a/broken, can_view on content:q.a/qft]', {}, 'unavailable unavailable'],
  [
    `any of [can_edit on content:q.a/{id}, can_view on content:q.a/shor]`,
    { ...qft, as: { scopes: ['content:read'] } },
    'deny not_permitted',
  ],
  [
    `any of [can_edit on content:q.a/{id}, can_delete on content:q.a/{id}]`,
    { ...qft, as: { scopes: ['content:read'] } },
    'deny out_of_scope',
  ],
  [`any of [signed-in, ${view}]`, { ...qft, as: { scopes: ['content:read'] } }, 'allow as bob'],
];

const sessions: RuleOptions = { credentials: ['session', 'jwt:corp'] };
const kinds: readonly [kind: CredentialKind | 'nobody', allow: string, outcome: string][] = [
  ['session', 'signed-in', 'allow as bob'],
  ['jwt:corp', 'signed-in', 'allow as bob'],
  ['token', 'signed-in', 'sign-in credential_not_accepted'],
  ['jwt:other', 'signed-in', 'sign-in credential_not_accepted'],
  ['token', 'everyone', 'sign-in credential_not_accepted'],
  ['token', 'nobody', 'sign-in credential_not_accepted'],
  ['nobody', 'everyone', 'allow as no account'],
  ['nobody', 'signed-in', 'sign-in sign_in_required'],
];

describe('a rule that lists kinds of credentials', () => {
  it.each(kinds)('answers %s on "%s" with %s', async (kind, allow, outcome) => {
    const as = kind === 'nobody' ? kind : { credential: kind };
    const authorization = await authorized(allow, { as, options: sessions });
    expect(summary(authorization)).toBe(outcome);
  });

  it('asks nothing about a caller whose credential it does not accept', async () => {
    const { asked } = await authorized(view, { ...qft, options: sessions });
    expect(asked).toEqual([]);
  });
});

describe('a matched rule', () => {
  it.each(rows)('%s with %j: %s', async (allow, given, outcome) => {
    expect(summary(await authorized(allow, given))).toBe(outcome);
    expect(summary(await authorized(allow, given, true)), 'with ports that answer later').toBe(outcome);
  });

  it('gives everything that was asked, in order', async () => {
    const { asked } = await authorized(`${view} within organization:{account}`, { ...qft, header: 'acme' });
    expect(asked).toEqual([
      { kind: 'check', subject: 'user:bob', relation: 'can_view', object: 'organization:acc_acme', answer: 'allowed' },
      { kind: 'check', subject: 'user:bob', relation: 'can_view', object: 'content:q.a/qft', answer: 'allowed' },
      {
        kind: 'within',
        subject: 'content:q.a/qft',
        relation: 'within',
        object: 'organization:acc_acme',
        answer: 'allowed',
      },
    ]);
  });

  it('asks nothing about an account that does not exist, and answers like for a foreign one', async () => {
    const unknown = await authorized('signed-in', { header: 'unheard-of' });
    const foreign = await authorized('signed-in', { header: 'other' });
    expect(unknown).toEqual({ kind: 'deny', reason: 'foreign_account', asked: [] });
    expect({ ...foreign, asked: [] }).toEqual(unknown);
  });

  it('asks nothing that the scope has settled', async () => {
    const { asked } = await authorized(view, { ...qft, as: { scopes: ['content:write'] } });
    expect(asked.map(({ object }) => object)).toEqual(['organization:acc_bob']);
  });
});
