import { andThen, foldUntil } from './awaitable.ts';
import { bindObject } from './bind.ts';
import { ask } from './hearing.ts';
import { liesWithin } from './within.ts';
import { scopeAllows, scopeOpensApp } from '../scopes.ts';
import type { Awaitable, Ref } from '../engine/engine.ts';
import type { Account } from '../principal.ts';
import type { Bad, Bound } from './bind.ts';
import type { Failed, Hearing } from './hearing.ts';
import type { ObjectTemplate, Sentence } from './rule.ts';

type Denied = { readonly kind: 'denied'; readonly reason: 'not_permitted' | 'out_of_scope' };
/** What a sentence comes to for one caller. */
export type Ruling = { readonly kind: 'allowed' } | Denied | Failed | Bad;
type Permission = Extract<Sentence, { kind: 'permission' }>;

const allowed = { kind: 'allowed' } as const;
const notPermitted = { kind: 'denied', reason: 'not_permitted' } as const;
const outOfScope = { kind: 'denied', reason: 'out_of_scope' } as const;

/** Evaluates a sentence for a known caller who acts for `account`. Asks nothing that scopes or neighbours have settled. */
export const rulingOn = (hearing: Hearing, account: Account, sentence: Sentence): Awaitable<Ruling> => {
  switch (sentence.kind) {
    case 'everyone':
      return allowed;
    case 'nobody':
      return notPermitted;
    case 'signed-in':
      return scopeOpensApp(hearing.principal.scopes, hearing.match.rule.app) ? allowed : outOfScope;
    case 'permission':
      return permission(hearing, account, sentence);
    case 'any':
      return anyOf(hearing, account, sentence.of);
    case 'all':
      return allOf(hearing, account, sentence.of);
  }
};

/** The first allow wins, also over a failure; without one a failure wins over a denial. */
const anyOf = (hearing: Hearing, account: Account, of: readonly Sentence[]): Awaitable<Ruling> =>
  andThen(
    foldUntil<Sentence, Ruling | undefined>(
      of,
      undefined,
      (before, next) => andThen(rulingOn(hearing, account, next), (ruling) => preferred(before, ruling)),
      (ruling) => ruling?.kind === 'allowed' || ruling?.kind === 'bad',
    ),
    (ruling) => ruling ?? notPermitted,
  );

const preferred = (before: Ruling | undefined, ruling: Ruling): Ruling => {
  if (before === undefined || ruling.kind === 'allowed' || ruling.kind === 'bad') return ruling;
  if (before.kind === 'failed' || ruling.kind === 'failed') return before.kind === 'failed' ? before : ruling;
  // "Use a wider scope" is said only where nothing but the scope was in the way.
  return ruling.kind === 'denied' && ruling.reason === 'not_permitted' ? ruling : before;
};

/** The first denial wins, also over a failure; without one a failure wins. */
const allOf = (hearing: Hearing, account: Account, of: readonly Sentence[]): Awaitable<Ruling> =>
  foldUntil<Sentence, Ruling>(
    of,
    allowed,
    (before, next) =>
      andThen(rulingOn(hearing, account, next), (ruling) =>
        ruling.kind === 'allowed' || (before.kind === 'failed' && ruling.kind === 'failed') ? before : ruling,
      ),
    (ruling) => ruling.kind === 'denied' || ruling.kind === 'bad',
  );

const permission = (
  hearing: Hearing,
  account: Account,
  { relation, object, within }: Permission,
): Awaitable<Ruling> => {
  if (!scopeAllows(hearing.principal.scopes, relation, object.type)) return outOfScope;
  return withObject(bindObject(hearing, account, object), (bound) =>
    andThen(ask(hearing, relation, bound), (decision): Awaitable<Ruling> => {
      switch (decision.verdict) {
        case 'allowed':
          return within === undefined ? allowed : withinRuling(hearing, account, bound, within);
        case 'denied':
          return notPermitted;
        case 'failed':
          return { kind: 'failed', code: decision.code, message: decision.message };
      }
    }),
  );
};

const withinRuling = (hearing: Hearing, account: Account, object: Ref, within: ObjectTemplate): Awaitable<Ruling> =>
  withObject(bindObject(hearing, account, within), async (wanted) => {
    const reached = await liesWithin(hearing.engine, hearing.match.parentsOf, object, wanted);
    switch (reached) {
      case 'reached':
        hearing.asked.push({ subject: wanted, relation: 'within', object, answer: 'allowed' });
        return allowed;
      case 'not-reached':
        hearing.asked.push({ subject: wanted, relation: 'within', object, answer: 'denied' });
        return notPermitted;
      case 'too-complex':
        hearing.asked.push({ subject: wanted, relation: 'within', object, answer: 'failed' });
        return {
          kind: 'failed',
          code: 'authorization_model_resolution_too_complex',
          message: `${object} has too many parents`,
        };
    }
  });

const withObject = (bound: Awaitable<Bound>, next: (object: Ref) => Awaitable<Ruling>): Awaitable<Ruling> =>
  andThen(bound, (result): Awaitable<Ruling> => {
    switch (result.kind) {
      case 'object':
        return next(result.object);
      case 'unknown':
        return notPermitted;
      case 'bad':
        return result;
    }
  });
