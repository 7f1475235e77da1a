import { actingAccount, isAccountName } from './acting-account.ts';
import { andThen } from './awaitable.ts';
import { evaluateSentence } from './evaluate-sentence.ts';
import { queryValue } from './query-value.ts';
import { permissionsIn, templatesOf } from './rule.ts';
import type { Awaitable, Engine, EngineErrorCode } from '../engine/engine.ts';
import type { Account, Principal } from '../principal.ts';
import type { Reason } from '../reasons.ts';
import type { Acting } from './acting-account.ts';
import type { Accounts, Asked, RuleContext } from './rule-context.ts';
import type { Part, Sentence } from './rule.ts';
import type { SentenceOutcome } from './evaluate-sentence.ts';
import type { Matched } from './table.ts';
import type { Target } from './target.ts';

/** The outcome for one caller. `asked` holds everything asked, in order; `account` is the acting account once it is established. */
export type Authorization =
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
 */
export const authorize = (question: AuthorizationQuestion): Awaitable<Authorization> => {
  const { match, target, principal, accountHeader, accounts, engine } = question;
  if (accountHeader !== undefined && !isAccountName(accountHeader)) {
    return {
      kind: 'bad-request',
      reason: 'ambiguous_header',
      detail: 'Gatehouse-Account is neither a slug nor an id',
      asked: [],
    };
  }
  const { allow } = match.rule;
  const openness = withoutCaller(allow);
  if (openness === 'closed') return { kind: 'deny', reason: 'not_permitted', asked: [] };
  if (principal === undefined) {
    // Who names an account wants to act for it, which nobody can without a credential.
    return openness === 'open' && accountHeader === undefined
      ? { kind: 'allow', asked: [] }
      : { kind: 'sign-in', reason: 'sign_in_required', asked: [] };
  }
  const unclear = openness === 'open' ? undefined : unclearQuery(allow, target.query);
  if (unclear !== undefined) return { kind: 'bad-request', reason: 'ambiguous_query', detail: unclear, asked: [] };
  const context: RuleContext = { match, target, principal, accounts, engine, asked: [] };
  return andThen(actingAccount(context, accountHeader, openness === 'open'), (acting) =>
    authorizeActing(context, acting, openness === 'open'),
  );
};

const authorizeActing = (context: RuleContext, acting: Acting, isOpen: boolean): Awaitable<Authorization> => {
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
      if (isOpen) return { kind: 'allow', account, asked };
      return andThen(evaluateSentence(context, account, context.match.rule.allow), (outcome) =>
        authorizationOf(outcome, account, asked),
      );
    }
  }
};

const authorizationOf = (outcome: SentenceOutcome, account: Account, asked: readonly Asked[]): Authorization => {
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

/** What a sentence says before anyone is known: `open` to everyone, `closed` to everyone, or it depends on the caller. */
const withoutCaller = (sentence: Sentence): 'open' | 'closed' | 'depends' => {
  switch (sentence.kind) {
    case 'everyone':
      return 'open';
    case 'nobody':
      return 'closed';
    case 'signed-in':
    case 'permission':
      return 'depends';
    case 'any':
      return strongest(sentence.of, 'open', 'closed');
    case 'all':
      return strongest(sentence.of, 'closed', 'open');
  }
};

/** `decisive` when one part says so, `otherwise` when all do. */
const strongest = <D extends string, O extends string>(
  of: readonly Sentence[],
  decisive: D,
  otherwise: O,
): D | O | 'depends' => {
  const said: readonly string[] = of.map(withoutCaller);
  if (said.includes(decisive)) return decisive;
  return said.every((one) => one === otherwise) ? otherwise : 'depends';
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
