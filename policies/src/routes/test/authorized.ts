import { expect } from 'vitest';
import { authorize } from '../authorize.ts';
import { parseSentence } from '../sentence.ts';
import type { Authorization } from '../authorize.ts';
import type { Awaitable, Engine, Ref } from '../../engine/engine.ts';
import type { Account, Principal } from '../../principal.ts';
import type { Rule, RuleOptions, Sentence } from '../rule.ts';
import type { Params } from '../table.ts';

const accountsKnown: readonly Account[] = [
  { id: 'acc_acme', slug: 'acme' },
  { id: 'acc_other', slug: 'other' },
  { id: 'acc_bob', slug: 'bob' },
  { id: 'acc_down', slug: 'down' },
];

/** `relation object` that bob is allowed, and those about which no answer can be had. */
const permitted: ReadonlySet<string> = new Set([
  'can_view organization:acc_bob',
  'can_view organization:acc_acme',
  'can_view_content organization:acc_acme',
  'can_view content:q.a/qft',
  'can_edit content:q.a/qft',
  'can_view content:q.a/lost',
  'can_create_content organization:acc_bob',
  'can_run organization:acc_acme',
]);
const failing: ReadonlySet<string> = new Set([
  'can_view content:q.a/broken',
  'can_view organization:acc_down',
  'can_edit organization:acc_acme',
]);
const parents: Readonly<Record<string, readonly [relation: string, subject: Ref][]>> = {
  'content:q.a/qft': [['workspace', 'workspace:w1']],
  'workspace:w1': [['organization', 'organization:acc_acme']],
};

/** An engine that answers from the sets above, in the same turn or behind a promise. */
const engineOf = <Answer>(wrap: (answer: Answer) => Awaitable<Answer>): Pick<Engine, 'check' | 'read'> => ({
  check: ({ subject, relation, object, consistency }) => {
    expect(consistency).toBe('fast');
    const key = `${relation} ${object}`;
    if (failing.has(key))
      return wrap({ verdict: 'failed', code: 'unavailable', message: 'no answer' } as Answer) as never;
    return wrap({
      verdict: subject === 'user:bob' && permitted.has(key) ? 'allowed' : 'denied',
      revision: '1',
    } as Answer) as never;
  },
  read: ({ object, relation }) =>
    (parents[object] ?? [])
      .filter(([name]) => name === relation)
      .map(([name, subject]) => ({ subject, relation: name, object })),
});

export const bob: Principal = {
  subject: 'user:bob',
  name: 'bob',
  home: { id: 'acc_bob', slug: 'bob' },
  fixedToHome: false,
  hasSeveralAccounts: false,
  credential: 'token',
  scopes: ['all'],
};

export type Case = {
  readonly as?: Partial<Principal> | 'nobody';
  readonly header?: string;
  readonly params?: Params;
  readonly query?: string;
  readonly method?: string;
  readonly options?: RuleOptions;
};

export const sentenceOf = (text: string): Sentence => {
  const parsed = parseSentence(text);
  if (parsed.kind === 'fault') throw new Error(parsed.message);
  return parsed.sentence;
};

export const authorized = async (
  allow: string,
  { as = {}, header, params = {}, query = '', method = 'GET', options = {} }: Case,
  slow = false,
): Promise<Authorization> => {
  const rule: Rule = {
    id: 'q GET /',
    app: 'q',
    method: 'GET',
    host: { kind: 'any' },
    path: [],
    allow: sentenceOf(allow),
    upstream: 'http://127.0.0.1:1',
    bodyBytesMax: 0,
    timeoutMs: 1,
    file: 'q.yaml',
    line: 1,
    ...options,
  };
  const later = <Answer>(answer: Answer): Awaitable<Answer> => (slow ? Promise.resolve(answer) : answer);
  const parentsOf = (type: string): readonly string[] =>
    ({ content: ['workspace'], workspace: ['organization'] })[type] ?? [];
  const answer = authorize({
    match: { kind: 'match', rule, params, parentsOf },
    target: { host: 'h', authority: 'h', method, path: '/', segments: [''], hasEncodedSlash: false, query },
    principal: as === 'nobody' ? undefined : { ...bob, ...as },
    accountHeader: header,
    accounts: (name) => later(accountsKnown.find(({ id, slug }) => id === name || slug === name)),
    engine: engineOf(later) as Engine,
  });
  if (!slow && !JSON.stringify(rule).includes('within'))
    expect(answer, 'a promise costs more than the answer').not.toBeInstanceOf(Promise);
  return answer;
};

/** `allow as acme`, `deny not_permitted`, `sign-in sign_in_required` … */
export const summary = (authorization: Authorization): string => {
  switch (authorization.kind) {
    case 'allow':
      return `allow as ${authorization.account?.slug ?? 'no account'}`;
    case 'sign-in':
    case 'deny':
    case 'bad-request':
      return `${authorization.kind} ${authorization.reason}`;
    case 'no-route':
      return authorization.reason;
    case 'unavailable':
      return `unavailable ${authorization.code}`;
  }
};
