import { andThen } from './awaitable.ts';
import type { Awaitable, Decision, Engine, EngineErrorCode, Ref } from '../engine/engine.ts';
import type { Account, Principal } from '../principal.ts';
import type { Matched } from './table.ts';
import type { Target } from './target.ts';

/** Finds an account by slug or id; undefined when there is none. */
export type Accounts = (slugOrId: string) => Awaitable<Account | undefined>;

/**
 * One thing that was asked on the way. `check` is a question to the engine, a tuple; `within` is where an object lies,
 * read from its parents: `content:quantum.algorithm/qft within organization:acc_…`. No engine can be asked that.
 */
export type Asked = {
  readonly kind: 'check' | 'within';
  readonly subject: Ref;
  readonly relation: string;
  readonly object: Ref;
  readonly answer: 'allowed' | 'denied' | 'failed';
};

/** What a rule is evaluated with for one known caller, and what was asked on the way. */
export type RuleContext = {
  readonly match: Matched;
  readonly target: Target;
  readonly principal: Principal;
  readonly accounts: Accounts;
  readonly engine: Engine;
  readonly asked: Asked[];
};

export type Failed = { readonly kind: 'failed'; readonly code: EngineErrorCode; readonly message: string };

/** Asks the engine about the caller and notes the answer. */
export const ask = ({ engine, principal, asked }: RuleContext, relation: string, object: Ref): Awaitable<Decision> =>
  andThen(engine.check({ subject: principal.subject, relation, object, consistency: 'fast' }), (decision) => {
    asked.push({ kind: 'check', subject: principal.subject, relation, object, answer: decision.verdict });
    return decision;
  });
