import type { Reason } from '@gatehouse/policies/reasons';

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
  readonly verdict: 'allow' | 'sign-in' | 'deny' | 'no-route' | 'bad-request' | 'unavailable';
  readonly reason?: Reason;
  /** What the caller was answered; 0 when the caller left first. */
  readonly status: number;
  readonly route?: string;
  /** Digest of the route policies that the decision was made under. */
  readonly policies: string;
  readonly subject?: string;
  readonly account?: string;
  readonly token?: string;
  /** Each tuple asked: `user:usr_… can_view content:… = allowed`. */
  readonly asked: readonly string[];
  readonly source: 'engine' | 'rule' | 'none';
  /** Until the verdict; milliseconds with microseconds behind the point. */
  readonly decideMs: number;
  /** Until the last byte of the answer. */
  readonly totalMs: number;
};
