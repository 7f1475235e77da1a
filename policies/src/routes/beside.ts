import { andThen } from './awaitable.ts';
import type { Awaitable } from '../engine/engine.ts';
import type { Reason } from '../reasons.ts';
import type { Asked } from './rule-context.ts';

/**
 * What was evaluated beside the live rules and changes nothing: a rule in `mode: shadow`, or the `candidate:` of a live
 * one. It stands in the decision record, so that its author sees what it would have said before it says it.
 */
export type Beside = {
  readonly kind: 'shadow' | 'candidate';
  /** The id of the rule. */
  readonly route: string;
  readonly verdict: 'allow' | 'sign-in' | 'deny' | 'bad-request' | 'unavailable';
  /** Absent for an allow. */
  readonly reason?: Reason;
  readonly asked: readonly Asked[];
};

export type Said = Pick<Beside, 'verdict' | 'reason' | 'asked'>;

/**
 * The longest that an answer is held up for what it does not depend on. Only an evaluation that has to wait for something
 * is waited for at all: with the embedded engine that is a look at the parents of an object, or at an account not yet known.
 */
export const besideWaitMsMax = 100;

const unsaid: Said = { verdict: 'unavailable', reason: 'unable_to_decide', asked: [] };

/** Runs `evaluate` to its end, its failure or its time limit. Never throws and never rejects. */
export const besideOf = (
  { kind, route }: Pick<Beside, 'kind' | 'route'>,
  evaluate: () => Awaitable<Said>,
): Awaitable<Beside> => {
  const said = andThen(undefined, evaluate, () => unsaid);
  return andThen(said instanceof Promise ? inTime(said) : said, (one) => ({ kind, route, ...one }));
};

const inTime = async (said: Promise<Said>): Promise<Said> => {
  const late = Promise.withResolvers<Said>();
  const timer = setTimeout(() => late.resolve(unsaid), besideWaitMsMax);
  try {
    return await Promise.race([said, late.promise]);
  } finally {
    clearTimeout(timer);
  }
};
