import type { Step } from '@gatehouse/policies/engine/engine';
import type { Reason } from '@gatehouse/policies/reasons';
import type { Verdict } from '../verdict.ts';
import type { Reloaded } from '../policies/live-policies.ts';
import type { DecisionRecord } from '../records/record.ts';
import type { ContentOperations } from './content-asked.ts';

/**
 * What an operator can ask beside the requests: the same questions over the control socket of a running server and,
 * without a server, on the data folder itself. Plain data both ways.
 */
export type Operations = Questions & PolicyOperations & ContentOperations;

/** About requests and tuples. */
export type Questions = {
  readonly check: (asked: CheckAsked) => Promise<CheckAnswer>;
  readonly explain: (asked: ExplainAsked) => Promise<ExplainAnswer>;
  readonly decisions: (asked: DecisionsAsked) => Promise<DecisionsAnswer>;
};

/** About the route policies. */
export type PolicyOperations = {
  /** Of the running server: without one there is nothing to reload. */
  readonly reloadRoutes: () => Promise<ReloadAnswer>;
};

export type ReloadAnswer = { readonly kind: 'answer'; readonly reloaded: Reloaded } | OperationRefused;

/** `subject` and `object` may carry a user name, e-mail or slug in place of an id; a subject without a type is a user. */
export type CheckAsked = { readonly subject: string; readonly relation: string; readonly object: string };

export type CheckAnswer = { readonly kind: 'answer'; readonly question: ExplainedQuestion } | OperationRefused;

export type ExplainAsked = {
  readonly method: string;
  /** A full URL, or a path for the host `localhost`. */
  readonly url: string;
  /** User name, e-mail or id; absent = anonymous. */
  readonly as?: string | undefined;
  /** As in the header Gatehouse-Account. */
  readonly account?: string | undefined;
};

export type ExplainAnswer =
  | {
      readonly kind: 'answer';
      readonly verdict: Verdict['kind'];
      readonly status: number;
      readonly reason?: Reason;
      readonly detail?: string;
      readonly caller: string;
      readonly account?: string;
      readonly route?: { readonly id: string; readonly file: string; readonly line: number; readonly upstream: string };
      readonly asked: readonly ExplainedQuestion[];
      readonly near: readonly { readonly route: string; readonly lacks: string }[];
      readonly policies: string;
    }
  | OperationRefused;

/** The newest decisions, newest first, at most `limit` (1 to 10,000); with `refused` only those that let nothing through. */
export type DecisionsAsked = { readonly limit: number; readonly refused: boolean };

export type DecisionsAnswer =
  | { readonly kind: 'answer'; readonly decisions: readonly DecisionRecord[] }
  | OperationRefused;

/** One tuple asked, as people read it: `id` form and, behind it, names. */
export type ExplainedQuestion = {
  readonly text: string;
  readonly names: string;
  readonly answer: 'allowed' | 'denied' | 'failed';
  readonly message?: string;
  readonly path: readonly Step[];
  readonly excludedBy: readonly Step[];
  /** Of the check; absent for what was not asked of the engine. */
  readonly tookMs?: number;
};

/** The question itself is wrong: an unknown person, a malformed URL. */
export type OperationRefused = { readonly kind: 'refused'; readonly message: string };
