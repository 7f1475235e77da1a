import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { authorized, summary } from './test/authorized.ts';
import type { Registers, RuleOptions } from './rule.ts';
import type { Case } from './test/authorized.ts';

const registers: Registers = { contentKind: 'a', id: [], isPrivate: false, text: 'content:q.a/{response.id}' };
const creates: Case = { method: 'POST', options: { registers } };
const counts: Case = { method: 'POST', options: { meter: 'executions' } };
const runs: Case = { method: 'POST', options: { registers, meter: 'executions', acting: 'can_run' } };
const several = { hasSeveralAccounts: true };

const rows: readonly [what: string, allow: string, given: Case, outcome: string, asked: string][] = [
  [
    'registering asks for can_create_content',
    'signed-in',
    creates,
    'allow as bob',
    'can_view organization:acc_bob, can_create_content organization:acc_bob',
  ],
  [
    'registering is refused without it',
    'signed-in',
    { ...creates, header: 'acme' },
    'deny not_permitted',
    'can_view organization:acc_acme, can_create_content organization:acc_acme',
  ],
  [
    'metering asks for can_view, which has been asked',
    'signed-in',
    { ...counts, header: 'acme' },
    'allow as acme',
    'can_view organization:acc_acme',
  ],
  [
    'acting is asked instead of what the effects would ask',
    'signed-in',
    { ...runs, header: 'acme' },
    'allow as acme',
    'can_view organization:acc_acme, can_run organization:acc_acme',
  ],
  [
    'acting is refused where it is not permitted',
    'signed-in',
    runs,
    'deny not_permitted',
    'can_view organization:acc_bob, can_run organization:acc_bob',
  ],
  [
    'acting is asked of a rule without effects as well',
    'signed-in',
    { options: { acting: 'can_run' } },
    'deny not_permitted',
    'can_view organization:acc_bob, can_run organization:acc_bob',
  ],
  [
    'acting can_view is no second question',
    'signed-in',
    { options: { registers, acting: 'can_view' } },
    'allow as bob',
    'can_view organization:acc_bob',
  ],
  [
    'the sentence comes first, and what it denies needs no account',
    'can_view on content:q.a/shor',
    { ...runs, header: 'acme' },
    'deny not_permitted',
    'can_view organization:acc_acme, can_view content:q.a/shor',
  ],
  [
    'what the sentence has asked is not asked again',
    'can_create_content on organization:{account}',
    { ...creates, params: { account: 'bob' } },
    'allow as bob',
    'can_view organization:acc_bob, can_create_content organization:acc_bob',
  ],
  [
    'a question without an answer is no permission',
    'signed-in',
    { ...creates, header: 'acme', options: { registers, acting: 'can_edit' } },
    'unavailable unavailable',
    'can_view organization:acc_acme, can_edit organization:acc_acme',
  ],
  [
    'a narrowed token needs the scope for it',
    'can_view on content:q.a/qft',
    { ...creates, as: { scopes: ['content:read'] } },
    'deny out_of_scope',
    'can_view organization:acc_bob, can_view content:q.a/qft',
  ],
  [
    'a token with the scope has it',
    'can_view on content:q.a/qft',
    { ...creates, as: { scopes: ['content:read', 'content:write'] } },
    'allow as bob',
    'can_view organization:acc_bob, can_view content:q.a/qft, can_create_content organization:acc_bob',
  ],
  [
    'a narrowed token is metered without a scope of its own',
    'can_view on content:q.a/qft',
    { ...counts, as: { scopes: ['content:read'] } },
    'allow as bob',
    'can_view organization:acc_bob, can_view content:q.a/qft',
  ],
  [
    'for nobody nothing is done, also where everyone is let in',
    'everyone',
    { ...counts, as: 'nobody' },
    'sign-in sign_in_required',
    '',
  ],
  [
    'where everyone is let in, the account still has to permit it',
    'everyone',
    { ...creates, header: 'acme' },
    'deny not_permitted',
    'can_view organization:acc_acme, can_create_content organization:acc_acme',
  ],
  [
    'where everyone is let in, a foreign account in the path is not left out',
    'everyone',
    { ...creates, params: { account: 'other' } },
    'deny foreign_account',
    'can_view organization:acc_other',
  ],
  [
    'who has several accounts must name one',
    'signed-in',
    { ...creates, as: several },
    'bad-request account_required',
    '',
  ],
  ['also to be metered', 'signed-in', { ...counts, as: several }, 'bad-request account_required', ''],
  ['also where everyone is let in', 'everyone', { ...counts, as: several }, 'bad-request account_required', ''],
  [
    'the header names one',
    'signed-in',
    { ...counts, as: several, header: 'acme' },
    'allow as acme',
    'can_view organization:acc_acme',
  ],
  [
    'the path or the host names one',
    'signed-in',
    { ...counts, as: several, params: { account: 'acme' } },
    'allow as acme',
    'can_view organization:acc_acme',
  ],
  [
    'the personal one has to be named as well',
    'signed-in',
    { ...creates, as: several, header: 'bob' },
    'allow as bob',
    'can_view organization:acc_bob, can_create_content organization:acc_bob',
  ],
  [
    'a foreign one is refused, never replaced',
    'signed-in',
    { ...creates, as: several, header: 'unheard-of' },
    'deny foreign_account',
    '',
  ],
  [
    'a service account has only one',
    'signed-in',
    { ...creates, as: { ...several, fixedToHome: true } },
    'allow as bob',
    'can_view organization:acc_bob, can_create_content organization:acc_bob',
  ],
  [
    'a rule that creates and counts nothing takes the personal one',
    'signed-in',
    { method: 'POST', as: several },
    'allow as bob',
    'can_view organization:acc_bob',
  ],
  ['a closed rule says so first', 'nobody', { ...creates, as: several }, 'deny not_permitted', ''],
  ['nobody is asked to sign in first', 'signed-in', { ...creates, as: 'nobody' }, 'sign-in sign_in_required', ''],
];

describe('a rule that does something for the acting account', () => {
  it.each(rows)('%s', async (_what, allow, given, outcome, asked) => {
    for (const slow of [false, true]) {
      const authorization = await authorized(allow, given, slow);
      expect(summary(authorization)).toBe(outcome);
      expect(authorization.asked.map(({ relation, object }) => `${relation} ${object}`).join(', ')).toBe(asked);
    }
  });

  it.each([
    ['GET', 'allow as bob'],
    ['HEAD', 'allow as bob'],
    ['OPTIONS', 'allow as bob'],
    ['POST', 'bad-request account_required'],
    ['PUT', 'bad-request account_required'],
    ['PATCH', 'bad-request account_required'],
    ['DELETE', 'bad-request account_required'],
    ['PROPFIND', 'bad-request account_required'],
  ])('answers %s of a caller with several accounts who names none with %s', async (method, outcome) => {
    expect(summary(await authorized('signed-in', { method, as: several, options: { meter: 'm' } }))).toBe(outcome);
  });
});

const given = fc.record({
  path: fc.constantFrom(undefined, 'acme', 'acc_acme', 'bob', 'other', 'unheard-of'),
  header: fc.constantFrom(undefined, 'acme', 'bob', 'acc_bob', 'other', 'unheard-of'),
  fixedToHome: fc.boolean(),
  hasSeveralAccounts: fc.boolean(),
  method: fc.constantFrom('GET', 'POST'),
  options: fc.constantFrom<RuleOptions>(
    {},
    { meter: 'm' },
    { registers },
    { acting: 'can_run' },
    { registers, acting: 'can_view' },
  ),
  slow: fc.boolean(),
});

type Given = typeof given extends fc.Arbitrary<infer Value> ? Value : never;

const own: Readonly<Record<string, string>> = { acme: 'acme', acc_acme: 'acme', bob: 'bob', acc_bob: 'bob' };

/** The rule in one sentence after the other, as the manual has it. */
const expected = ({ path, header, fixedToHome, hasSeveralAccounts, method, options }: Given): string => {
  const named = path ?? header;
  const changes = 'registers' in options || 'meter' in options;
  const mustName = [hasSeveralAccounts, !fixedToHome, changes, method === 'POST'].every(Boolean);
  if (named === undefined) return mustName ? 'bad-request account_required' : 'bob';
  const meant = own[named];
  return meant === undefined || (fixedToHome && meant !== 'bob') ? 'deny foreign_account' : meant;
};

it('acts for the account that path, header or home name, in this order, or for none: whatever else is given', async () => {
  const check = fc.asyncProperty(given, async (one) => {
    const { path, header, fixedToHome, hasSeveralAccounts, method, options, slow } = one;
    const as = { fixedToHome, hasSeveralAccounts };
    const params = path === undefined ? {} : { params: { account: path } };
    const named = header === undefined ? {} : { header };
    const authorization = await authorized('signed-in', { method, options, as, ...params, ...named }, slow);
    const account = 'account' in authorization ? authorization.account?.slug : undefined;
    expect(account ?? summary(authorization)).toBe(expected(one));
    const objects = new Set(authorization.asked.map(({ object }) => object));
    objects.delete(`organization:acc_${account ?? path ?? header}`);
    expect([...objects], 'no other account is ever asked about').toEqual([]);
  });
  await fc.assert(check, { numRuns: 500 });
});
