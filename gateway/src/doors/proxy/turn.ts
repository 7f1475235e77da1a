import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Reason } from '@gatehouse/policies/reasons';
import type { Target } from '@gatehouse/policies/routes/target';
import type { Ticker } from '../../upstream/ticker.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import type { Verdict } from '../../verdict.ts';
import type { ProxyLimits } from './limits.ts';
import type { Outcome, RecordOutcome } from './outcome.ts';

/** What all requests of a door share. */
export type Desk = {
  readonly upstream: Upstream;
  readonly record: RecordOutcome;
  readonly limits: ProxyLimits;
  readonly ticks: Ticker;
};

/** One request at the door, from its head to its record. */
export type Turn = {
  readonly desk: Desk;
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly requestId: string;
  readonly startedAt: number;
  decidedAt: number;
  target: Target | undefined;
  verdict: Verdict | undefined;
  /** A body was announced, so the connection holds bytes that are not the next request's. */
  hasBody: boolean;
  /** The bytes of the request cannot be trusted to end where they seem to: no second request on this connection. */
  mustClose: boolean;
  /** The client sends no byte of its body before it is told to. */
  awaitsContinue: boolean;
  isSettled: boolean;
  /** The request before it on the same connection, when that was not settled yet. */
  earlier: Turn | undefined;
  upstreamMs: number | undefined;
  /** Set while a request with a body is with the upstream: refuses it, or cuts its answer when that has begun. */
  fail: ((reason: Reason, cause?: Error) => void) | undefined;
};

export type Ending = Pick<Outcome, 'status' | 'ending'> & {
  readonly reason?: Reason | undefined;
  readonly cause?: Error | undefined;
};

export const newTurn = (desk: Desk, req: IncomingMessage, res: ServerResponse, requestId: string): Turn => {
  const startedAt = performance.now();
  return {
    desk,
    req,
    res,
    requestId,
    startedAt,
    decidedAt: startedAt,
    target: undefined,
    verdict: undefined,
    hasBody: false,
    mustClose: false,
    awaitsContinue: false,
    isSettled: false,
    earlier: undefined,
    upstreamMs: undefined,
    fail: undefined,
  };
};

/** Writes the record of a request, once. */
export const settle = (turn: Turn, { status, ending, reason, cause }: Ending): void => {
  if (turn.isSettled) return;
  turn.isSettled = true;
  turn.fail = undefined;
  const { req } = turn;
  if (!turn.hasBody) forgetTurn(req.socket, turn);
  const verdict = turn.verdict ?? unread;
  turn.desk.record({
    requestId: turn.requestId,
    method: req.method ?? '',
    host: turn.target?.host ?? req.headers.host ?? '',
    path: turn.target?.path ?? '',
    verdict: verdict.kind,
    reason,
    status,
    ending,
    grounds: verdict,
    cause,
    decideMs: turn.decidedAt - turn.startedAt,
    totalMs: performance.now() - turn.startedAt,
    upstreamMs: turn.upstreamMs,
  });
};

/** Of a request that was refused before there was anything to decide. */
const unread = { kind: 'bad-request', asked: [] } as const;

const latest = Symbol('latest turn');
type Carrier = Duplex & { [latest]?: Turn | undefined };

/** A property and not a WeakMap: this happens for every request. Clients that pipeline have several at once. */
export const rememberTurn = (socket: Duplex, turn: Turn): void => {
  const carrier = socket as Carrier;
  const earlier = carrier[latest];
  if (earlier?.isSettled === false) turn.earlier = earlier;
  carrier[latest] = turn;
};

/** The latest request of a connection that may not be over. */
export const latestTurn = (socket: Duplex): Turn | undefined => (socket as Carrier)[latest];

/** An idle connection must not hold the whole request that it carried last. */
const forgetTurn = (socket: Duplex, turn: Turn): void => {
  const carrier = socket as Carrier;
  if (carrier[latest] === turn) carrier[latest] = turn.earlier?.isSettled === false ? turn.earlier : undefined;
  turn.earlier = undefined;
};
