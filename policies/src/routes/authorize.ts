import { actingAccount, isAccountName } from './acting-account.ts';
import { actingOutcome, actingPermission, actsForAccount, changesAccount } from './acting-permission.ts';
import { andThen } from './awaitable.ts';
import { besideOf } from './beside.ts';
import { evaluateSentence } from './evaluate-sentence.ts';
import { opennessOf } from './openness.ts';
import { queryValue } from './query-value.ts';
import { permissionsIn, templatesOf } from './rule.ts';
import { safeMethods } from './methods.ts';
import type { Awaitable, Engine, EngineErrorCode } from '../engine/engine.ts';
import type { Account, Principal } from '../principal.ts';
import type { Reason } from '../reasons.ts';
import type { Acting } from './acting-account.ts';
import type { Beside, Said } from './beside.ts';
import type { Accounts, Asked, RuleContext } from './rule-context.ts';
import type { Part, Rule, Sentence } from './rule.ts';
import type { SentenceOutcome } from './evaluate-sentence.ts';
import type { Matched } from './table.ts';
import type { Target } from './target.ts';

/** The outcome for one caller. `asked` holds everything asked, in order; `account` is the acting account once it is established. */
type Live =
  | { readonly kind: 'allow'; readonly account?: Account; readonly asked: readonly Asked[] }
  | { readonly kind: 'sign-in'; readonly reason: Reason; readonly asked: readonly Asked[] }
  | { readonly kind: 'deny'; readonly reason: Reason; readonly account?: Account; readonly asked: readonly Asked[] }
  | { readonly kind: 'bad-request'; readonly reason: Reason; readonly detail: string; readonly asked: readonly Asked[] }
  | {
      readonly kind: 'unavailable';
      readonly code: EngineErrorCode;
      readonly message: string;
      readonly account?: Account;
      readonly asked: readonly Asked[];
    };

/** `no-route` is what a rule in shadow answers. `beside` is what it, or a candidate, would have said. */
export type Authorization =
  | (Live & { readonly beside?: Beside })
  | {
      readonly kind: 'no-route';
      readonly reason: 'no_route';
      readonly asked: readonly Asked[];
      readonly beside: Beside;
    };

export type AuthorizationQuestion = {
  readonly match: Matched;
  readonly target: Target;
  /** Absent = no credential was sent; an invalid one never comes here. */
  readonly principal: Principal | undefined;
  /** The header Gatehouse-Account as it came. */
  readonly accountHeader: string | undefined;
  readonly accounts: Accounts;
  readonly engine: Engine;
};

/**
 * What a matched rule comes to for a caller. Answers without a promise when the ports do; rejects only when a port
 * rejects. A failed question is `unavailable`, never an allow and never a denial, unless another part of the sentence settles it.
 *
 * A rule in shadow owns its path like any other and answers as if no rule were there, so it can close a path that a wider
 * rule had opened, but never open one. A candidate is evaluated when the live answer is known, and cannot change it.
 */
export const authorize = (question: AuthorizationQuestion): Awaitable<Authorization> => {
  const { rule } = question.match;
  if (rule.mode === 'shadow') {
    return andThen(
      besideOf({ kind: 'shadow', route: rule.id }, () => andThen(authorizeLive(question), saidBy)),
      (beside): Authorization => ({ kind: 'no-route', reason: 'no_route', asked: [], beside }),
    );
  }
  return rule.candidate === undefined ? authorizeLive(question) : withCandidate(question, rule.candidate);
};

const withCandidate = (question: AuthorizationQuestion, candidate: Sentence): Awaitable<Authorization> => {
  const { match } = question;
  const other = { ...question, match: { ...match, rule: { ...match.rule, allow: candidate } } };
  return andThen(authorizeLive(question), (live) =>
    andThen(
      besideOf({ kind: 'candidate', route: match.rule.id }, () => andThen(authorizeLive(other), saidBy)),
      (beside): Authorization => ({ ...live, beside }),
    ),
  );
};

const saidBy = (live: Live): Said => {
  const { asked } = live;
  switch (live.kind) {
    case 'allow':
      return { verdict: live.kind, asked };
    case 'sign-in':
    case 'deny':
    case 'bad-request':
      return { verdict: live.kind, reason: live.reason, asked };
    case 'unavailable':
      return { verdict: live.kind, reason: 'unable_to_decide', asked };
  }
};

const authorizeLive = (question: AuthorizationQuestion): Awaitable<Live> => {
  const { match, principal, accountHeader } = question;
  const { rule } = match;
  if (!accepts(rule, principal)) return { kind: 'sign-in', reason: 'credential_not_accepted', asked: [] };
  if (accountHeader !== undefined && !isAccountName(accountHeader))
    return badRequest('ambiguous_header', 'Gatehouse-Account is neither a slug nor an id');
  const openness = opennessOf(rule.allow);
  if (openness === 'closed') return { kind: 'deny', reason: 'not_permitted', asked: [] };
  if (principal !== undefined) return authorizeCaller(question, principal, openness === 'open');
  // Who names an account wants to act for it, which nobody can without a credential; and what a rule does for an
  // account it cannot do for nobody's.
  return openness === 'open' && accountHeader === undefined && !actsForAccount(rule)
    ? { kind: 'allow', asked: [] }
    : { kind: 'sign-in', reason: 'sign_in_required', asked: [] };
};

/** A rule without a list accepts every kind, and a request without a credential has none that could be wrong. */
const accepts = ({ credentials }: Rule, principal: Principal | undefined): boolean =>
  credentials === undefined || principal === undefined || credentials.includes(principal.credential);

const authorizeCaller = (question: AuthorizationQuestion, principal: Principal, isOpen: boolean): Awaitable<Live> => {
  const { match, target, accountHeader, accounts, engine } = question;
  const { rule } = match;
  if (mustNameAccount(question, principal))
    return badRequest('account_required', 'the caller has several accounts and the request names none of them');
  const unclear = isOpen ? undefined : unclearQuery(rule.allow, target.query);
  if (unclear !== undefined) return badRequest('ambiguous_query', unclear);
  const context: RuleContext = { match, target, principal, accounts, engine, asked: [] };
  return andThen(actingAccount(context, accountHeader, isOpen && !actsForAccount(rule)), (acting) =>
    authorizeActing(context, acting, isOpen),
  );
};

const badRequest = (reason: Reason, detail: string): Live => ({ kind: 'bad-request', reason, detail, asked: [] });

/** Methods that create and count nothing (RFC 9110, 9.2.1), of those that applications serve. */

/** What is created or counted would land in the personal account of somebody who meant another one. */
const mustNameAccount = ({ match, target, accountHeader }: AuthorizationQuestion, principal: Principal): boolean =>
  changesAccount(match.rule) &&
  principal.hasSeveralAccounts &&
  !principal.fixedToHome &&
  accountHeader === undefined &&
  match.params['account'] === undefined &&
  !safeMethods.has(target.method);

const authorizeActing = (context: RuleContext, acting: Acting, isOpen: boolean): Awaitable<Live> => {
  const { asked } = context;
  switch (acting.kind) {
    case 'none':
      return { kind: 'allow', asked };
    case 'denied':
      return { kind: 'deny', reason: acting.reason, asked };
    case 'failed':
      return { kind: 'unavailable', code: acting.code, message: acting.message, asked };
    case 'account': {
      const { account } = acting;
      const { rule } = context.match;
      const permission = actingPermission(rule);
      if (permission !== undefined) return authorizeFor(context, account, permission, isOpen);
      if (isOpen) return { kind: 'allow', account, asked };
      return andThen(evaluateSentence(context, account, rule.allow), (outcome) =>
        authorizationOf(outcome, account, asked),
      );
    }
  }
};

/**
 * The sentence first: it is about one object and denies far more often than the account, where members mostly may; and
 * where it asks the very permission that is needed on the account, nothing is left to ask.
 */
const authorizeFor = (context: RuleContext, account: Account, permission: string, isOpen: boolean): Awaitable<Live> =>
  andThen(
    isOpen ? { kind: 'allowed' as const } : evaluateSentence(context, account, context.match.rule.allow),
    (outcome) =>
      andThen(outcome.kind === 'allowed' ? actingOutcome(context, account, permission) : outcome, (settled) =>
        authorizationOf(settled, account, context.asked),
      ),
  );

const authorizationOf = (outcome: SentenceOutcome, account: Account, asked: readonly Asked[]): Live => {
  switch (outcome.kind) {
    case 'allowed':
      return { kind: 'allow', account, asked };
    case 'denied':
      return { kind: 'deny', reason: outcome.reason, account, asked };
    case 'failed':
      return { kind: 'unavailable', code: outcome.code, message: outcome.message, account, asked };
    case 'bad':
      return { kind: 'bad-request', reason: outcome.reason, detail: outcome.detail, asked };
  }
};

/** A deciding query parameter that cannot be read refuses the request, also where another part of the sentence would allow it. */
const unclearQuery = (sentence: Sentence, query: string): string | undefined => {
  for (const permission of permissionsIn(sentence))
    for (const { parts } of templatesOf(permission))
      for (const part of parts) {
        const unclear = unclearValue(part, query);
        if (unclear !== undefined) return unclear;
      }
  return undefined;
};

const unclearValue = (part: Part, query: string): string | undefined => {
  if (part.kind !== 'query') return undefined;
  const read = queryValue(query, part.name);
  return read.kind === 'ambiguous' ? read.detail : undefined;
};
