import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Reason } from '@gatehouse/policies/reasons';
import type { Target } from '@gatehouse/policies/routes/target';
import type { Ticker } from '../../ticker.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import type { EffectOf } from '../../effects/effect.ts';
import type { Verdict } from '../../verdict.ts';
import type { Cors } from './cors.ts';
import type { ProxyLimits } from './limits.ts';
import type { Outcome, RecordOutcome } from '../../records/outcome.ts';

/** What all requests of a door share. */
export type DoorContext = {
  readonly upstream: Upstream;
  readonly record: RecordOutcome;
  readonly limits: ProxyLimits;
  readonly ticks: Ticker;
  readonly effectOf: EffectOf;
  readonly controlOrigin: string | undefined;
  /** Effects under way. */
  readonly running: Set<Promise<void>>;
};

/** One request at the door, from its head to its record. */
export type RequestState = {
  readonly context: DoorContext;
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly requestId: string;
  readonly startedAt: number;
  decidedAt: number;
  target: Target | undefined;
  verdict: Verdict | undefined;
  /** Set where the rule names origins whose scripts may read the answer. */
  cors: Cors | undefined;
  /** A body was announced, so the connection holds bytes that are not the next request's. */
  hasBody: boolean;
  /** The bytes of the request cannot be trusted to end where they seem to: no second request on this connection. */
  mustClose: boolean;
  /** The client sends no byte of its body before it is told to. */
  awaitsContinue: boolean;
  isSettled: boolean;
  /** The request before it on the same connection, when that was not settled yet. */
  earlier: RequestState | undefined;
  upstreamMs: number | undefined;
  /** Set while a request with a body is with the upstream: refuses it, or cuts its answer when that has begun. */
  fail: ((reason: Reason, cause?: Error) => void) | undefined;
};

export type Ending = Pick<Outcome, 'status' | 'ending'> & {
  readonly reason?: Reason | undefined;
  readonly cause?: Error | undefined;
};

export const newRequestState = (
  context: DoorContext,
  req: IncomingMessage,
  res: ServerResponse,
  requestId: string,
): RequestState => {
  const startedAt = performance.now();
  return {
    context,
    req,
    res,
    requestId,
    startedAt,
    decidedAt: startedAt,
    target: undefined,
    verdict: undefined,
    cors: undefined,
    hasBody: false,
    mustClose: false,
    awaitsContinue: false,
    isSettled: false,
    earlier: undefined,
    upstreamMs: undefined,
    fail: undefined,
  };
};

/** Who ended a connection that is gone: the client's end or reset is seen on the socket, the server's own leaves no trace. */
export const lostEnding = ({ req: { socket } }: RequestState): Outcome['ending'] =>
  socket.readableEnded || socket.errored !== null ? 'client-left' : 'cut';

/** Writes the record of a request, once. */
export const settle = (state: RequestState, { status, ending, reason, cause }: Ending): void => {
  if (state.isSettled) return;
  state.isSettled = true;
  state.fail = undefined;
  const { req } = state;
  if (!state.hasBody) forgetState(req.socket, state);
  const verdict = state.verdict ?? undecided(reason);
  state.context.record({
    requestId: state.requestId,
    method: req.method ?? '',
    host: state.target?.host ?? req.headers.host ?? '',
    path: state.target?.path ?? '',
    verdict: verdict.kind,
    reason,
    status,
    ending,
    grounds: verdict,
    cause,
    decideMs: state.decidedAt - state.startedAt,
    totalMs: performance.now() - state.startedAt,
    upstreamMs: state.upstreamMs,
  });
};

/** Of a request that was refused before there was anything to decide: a broken credential is still a wrong one. */
const undecided = (reason: Reason | undefined) =>
  ({ kind: reason === 'invalid_credential' ? 'sign-in' : 'bad-request', asked: [] }) as const;

const latest = Symbol('latest state');
const closing = Symbol('closes after a refusal');
type TrackedSocket = Duplex & { [latest]?: RequestState | undefined; [closing]?: true };

/** A property and not a WeakMap: this happens for every request. Clients that pipeline have several at once. */
export const rememberState = (socket: Duplex, state: RequestState): void => {
  const connection = socket as TrackedSocket;
  const earlier = connection[latest];
  if (earlier?.isSettled === false) state.earlier = earlier;
  connection[latest] = state;
};

/** The latest request of a connection that may not be over. */
export const latestState = (socket: Duplex): RequestState | undefined => (socket as TrackedSocket)[latest];

/** A refusal told the client that the connection ends with it: whatever comes behind is nobody's request. */
export const markClosing = (socket: Duplex): void => {
  (socket as TrackedSocket)[closing] = true;
};

export const isClosing = (socket: Duplex): boolean => (socket as TrackedSocket)[closing] === true;

/** An idle connection must not hold the whole request that it carried last. */
const forgetState = (socket: Duplex, state: RequestState): void => {
  const connection = socket as TrackedSocket;
  if (connection[latest] === state) connection[latest] = state.earlier?.isSettled === false ? state.earlier : undefined;
  state.earlier = undefined;
};
