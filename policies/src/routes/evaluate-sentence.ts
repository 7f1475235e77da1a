import { andThen, foldUntil } from './awaitable.ts';
import { bindObject } from './bind.ts';
import { ask } from './rule-context.ts';
import { liesWithin } from './within.ts';
import { scopeAllows, scopeOpensApp } from '../scopes.ts';
import type { Awaitable, Ref } from '../engine/engine.ts';
import type { Account } from '../principal.ts';
import type { Bad, Bound } from './bind.ts';
import type { Failed, RuleContext } from './rule-context.ts';
import type { ObjectTemplate, PermissionSentence, Sentence } from './rule.ts';

type Denied = { readonly kind: 'denied'; readonly reason: 'not_permitted' | 'out_of_scope' };
/** What a sentence comes to for one caller. */
export type SentenceOutcome = { readonly kind: 'allowed' } | Denied | Failed | Bad;

const allowed = { kind: 'allowed' } as const;
const notPermitted = { kind: 'denied', reason: 'not_permitted' } as const;
const outOfScope = { kind: 'denied', reason: 'out_of_scope' } as const;

/** Evaluates a sentence for a known caller who acts for `account`. Asks nothing that scopes or neighbours have settled. */
export const evaluateSentence = (
  context: RuleContext,
  account: Account,
  sentence: Sentence,
): Awaitable<SentenceOutcome> => {
  switch (sentence.kind) {
    case 'everyone':
      return allowed;
    case 'nobody':
      return notPermitted;
    case 'signed-in':
      return scopeOpensApp(context.principal.scopes, context.match.rule.app) ? allowed : outOfScope;
    case 'permission':
      return permission(context, account, sentence);
    case 'any':
      return anyOf(context, account, sentence.of);
    case 'all':
      return allOf(context, account, sentence.of);
  }
};

/** The first allow wins, also over a failure; without one a failure wins over a denial. */
const anyOf = (context: RuleContext, account: Account, of: readonly Sentence[]): Awaitable<SentenceOutcome> =>
  andThen(
    foldUntil<Sentence, SentenceOutcome | undefined>(
      of,
      undefined,
      (before, next) => andThen(evaluateSentence(context, account, next), (outcome) => preferred(before, outcome)),
      (outcome) => outcome?.kind === 'allowed' || outcome?.kind === 'bad',
    ),
    (outcome) => outcome ?? notPermitted,
  );

const preferred = (before: SentenceOutcome | undefined, outcome: SentenceOutcome): SentenceOutcome => {
  if (before === undefined || outcome.kind === 'allowed' || outcome.kind === 'bad') return outcome;
  if (before.kind === 'failed' || outcome.kind === 'failed') return before.kind === 'failed' ? before : outcome;
  // "Use a wider scope" is said only where nothing but the scope was in the way.
  return outcome.kind === 'denied' && outcome.reason === 'not_permitted' ? outcome : before;
};

/** The first denial wins, also over a failure; without one a failure wins. */
const allOf = (context: RuleContext, account: Account, of: readonly Sentence[]): Awaitable<SentenceOutcome> =>
  foldUntil<Sentence, SentenceOutcome>(
    of,
    allowed,
    (before, next) =>
      andThen(evaluateSentence(context, account, next), (outcome) =>
        outcome.kind === 'allowed' || (before.kind === 'failed' && outcome.kind === 'failed') ? before : outcome,
      ),
    (outcome) => outcome.kind === 'denied' || outcome.kind === 'bad',
  );

const permission = (
  context: RuleContext,
  account: Account,
  { relation, object, within }: PermissionSentence,
): Awaitable<SentenceOutcome> => {
  if (!scopeAllows(context.principal.scopes, relation, object.type)) return outOfScope;
  return withObject(bindObject(context, account, object), (bound) =>
    andThen(ask(context, relation, bound), (decision): Awaitable<SentenceOutcome> => {
      switch (decision.verdict) {
        case 'allowed':
          return within === undefined ? allowed : withinOutcome(context, account, bound, within);
        case 'denied':
          return notPermitted;
        case 'failed':
          return { kind: 'failed', code: decision.code, message: decision.message };
      }
    }),
  );
};

const answerOf = { reached: 'allowed', 'not-reached': 'denied', 'too-complex': 'failed' } as const;

const withinOutcome = (
  context: RuleContext,
  account: Account,
  object: Ref,
  within: ObjectTemplate,
): Awaitable<SentenceOutcome> =>
  withObject(bindObject(context, account, within), async (wanted) => {
    const reached = await liesWithin(context.engine, context.match.parentsOf, object, wanted);
    context.asked.push({
      kind: 'within',
      subject: object,
      relation: 'within',
      object: wanted,
      answer: answerOf[reached],
    });
    switch (reached) {
      case 'reached':
        return allowed;
      case 'not-reached':
        return notPermitted;
      case 'too-complex':
        return {
          kind: 'failed',
          code: 'authorization_model_resolution_too_complex',
          message: `${object} has too many parents`,
        };
    }
  });

const withObject = (
  bound: Awaitable<Bound>,
  next: (object: Ref) => Awaitable<SentenceOutcome>,
): Awaitable<SentenceOutcome> =>
  andThen(bound, (result): Awaitable<SentenceOutcome> => {
    switch (result.kind) {
      case 'object':
        return next(result.object);
      case 'unknown':
        return notPermitted;
      case 'bad':
        return result;
    }
  });
