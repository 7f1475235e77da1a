import type { Reason } from '@gatehouse/policies/reasons';
import type { Grounds, Verdict } from '../verdict.ts';

/** What the proxy door tells of one request, once, when nothing more can happen to it. */
export type Outcome = {
  readonly requestId: string;
  /** Empty, like `host`, when the request could not be read that far. */
  readonly method: string;
  readonly host: string;
  /** Canonical: exactly the path that the upstream received. Empty when it was refused before it was known. */
  readonly path: string;
  /** `unavailable` also when deciding itself failed; `bad-request` for everything refused before deciding. */
  readonly verdict: Verdict['kind'];
  /** Why the caller got this status, when the status is the gateway's own; also after an allow (`upstream_failed`, …). */
  readonly reason: Reason | undefined;
  /** What the caller was sent; 0 when the connection ended before. */
  readonly status: number;
  /** `cut`: the gateway or the application ended it before the answer was complete; `client-left`: the caller did. */
  readonly ending: 'complete' | 'client-left' | 'cut';
  readonly grounds: Grounds;
  /** For the log, never for the caller: why the upstream, or the decision, failed. */
  readonly cause: Error | undefined;
  /** Until the verdict. */
  readonly decideMs: number;
  /** Until the end of the answer. */
  readonly totalMs: number;
  /** From handing the request to the upstream client to the head of the answer; absent without such a head. */
  readonly upstreamMs: number | undefined;
};

/** Called exactly once for each request, and never throws. */
export type RecordOutcome = (outcome: Outcome) => void;
