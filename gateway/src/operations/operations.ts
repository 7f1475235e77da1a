import type { Step } from '@gatehouse/policies/engine/engine';
import type { Reason } from '@gatehouse/policies/reasons';
import type { Beside } from '@gatehouse/policies/routes/beside';
import type { NearMiss } from '@gatehouse/policies/routes/near';
import type { Rule } from '@gatehouse/policies/routes/rule';
import type { Verdict } from '../verdict.ts';
import type { Reloaded } from '../policies/live-policies.ts';
import type { Candidate } from '../replay/candidate.ts';
import type { ReplayDone, ReplayProgress } from '../replay/replay.ts';
import type { RecordedRequest } from '../replay/replay-record.ts';
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
  /** Tells how far it is; the last thing told is the outcome. */
  readonly replay: (asked: ReplayAsked) => AsyncIterable<ReplayTold>;
};

export type ReplayAsked = {
  readonly candidate: Candidate;
  /** Of the newest records, 1 to 10,000. */
  readonly limit: number;
  /** In place of those that the gateway keeps. */
  readonly records?: readonly RecordedRequest[];
};

export type ReplayTold =
  | ReplayProgress
  | ReplayDone
  /** The candidate does not load; each problem has file, line and column. */
  | { readonly kind: 'unusable'; readonly problems: readonly string[] }
  | OperationRefused;

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
  /** How the caller came to be known: `token` (the default), `session` or `jwt:NAME`. */
  readonly credential?: string | undefined;
};

export type ExplainAnswer =
  | {
      readonly kind: 'answer';
      readonly verdict: Verdict['kind'];
      readonly status: number;
      readonly reason?: Reason | undefined;
      readonly detail?: string | undefined;
      readonly caller: string;
      readonly account?: string | undefined;
      readonly route?: ExplainedRoute | undefined;
      readonly asked: readonly ExplainedQuestion[];
      /** What the rule's sentence and each of its parts come to; absent when nobody is known to evaluate it for. */
      readonly sentence?: ExplainedPart | undefined;
      /** Of a denial: what the caller would need, one line each. */
      readonly lacks: readonly string[];
      /** What a rule in shadow or a candidate would have said. */
      readonly beside?: ExplainedBeside | undefined;
      readonly near: readonly NearMiss[];
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

export type ExplainedRoute = Pick<Rule, 'id' | 'file' | 'line' | 'upstream'>;

/** A sentence or a part of one, evaluated for itself, whatever its neighbours say. */
export type ExplainedPart = {
  readonly text: string;
  readonly answer: 'allowed' | 'denied' | 'failed' | 'bad-request';
  readonly lacks?: string;
  readonly parts: readonly ExplainedPart[];
};

export type ExplainedBeside = Pick<Beside, 'kind' | 'route' | 'verdict' | 'reason'> & {
  readonly asked: readonly ExplainedQuestion[];
};

/** The question itself is wrong: an unknown person, a malformed URL. */
export type OperationRefused = { readonly kind: 'refused'; readonly message: string };
