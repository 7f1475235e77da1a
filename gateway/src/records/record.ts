import type { Reason } from '@gatehouse/policies/reasons';
import type { Beside } from '@gatehouse/policies/routes/beside';
import type { Outcome } from './outcome.ts';

/** What was evaluated beside the live rules: a rule in shadow, or a candidate. It has changed nothing. */
export type BesideRecord = Pick<Beside, 'kind' | 'route' | 'verdict' | 'reason'> & {
  readonly asked: readonly string[];
};

/**
 * What is kept of one request. Flat, so that one `JSON.stringify` writes it. The query string is left out on purpose:
 * it often carries secrets, and it decides nothing but what `asked` already shows.
 */
export type DecisionRecord = {
  /** RFC 3339, milliseconds. */
  readonly time: string;
  readonly request: string;
  readonly method: string;
  readonly host: string;
  /** Canonical path; empty when it was refused as ambiguous. */
  readonly path: string;
  readonly verdict: Outcome['verdict'];
  readonly reason: Reason | undefined;
  /** What the caller was answered; 0 when the caller left first. */
  readonly status: number;
  readonly ending: Outcome['ending'];
  readonly route: string | undefined;
  /** Digest of the route policies that the decision was made under. */
  readonly policies: string;
  readonly subject: string | undefined;
  readonly account: string | undefined;
  readonly token: string | undefined;
  /** Each tuple asked: `user:usr_… can_view content:… = allowed`. */
  readonly asked: readonly string[];
  readonly beside?: BesideRecord | undefined;
  /** Who gave the verdict: the engine, the rule alone, or neither because the request was refused before. */
  readonly source: 'engine' | 'rule' | 'none';
  /** Why the application or the decision failed. */
  readonly cause: string | undefined;
  /** Until the verdict; milliseconds, microseconds behind the point. */
  readonly decideMs: number;
  readonly upstreamMs: number | undefined;
  /** Until the last byte of the answer. */
  readonly totalMs: number;
};
