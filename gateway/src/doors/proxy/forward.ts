import { errorOf } from '../../error-of.ts';
import type { Readable } from 'node:stream';
import type { Reason } from '@gatehouse/policies/reasons';
import type { Target } from '@gatehouse/policies/routes/target';
import type { Ticking } from '../../ticker.ts';
import type { Exchange, UpstreamAnswer, UpstreamFailure } from '../../upstream/upstream.ts';
import type { Verdict } from '../../verdict.ts';
import { answerHead } from './answer-head.ts';
import type { Effect, Worked } from '../../effects/effect.ts';
import type { Head } from './head.ts';
import { heldAnswer } from './held-answer.ts';
import type { Destination } from './held-answer.ts';
import { outgoing, outgoingPath } from './outgoing.ts';
import { cut, readOn, refuse } from './refuse.ts';
import { requestBody } from './request-body.ts';
import { lostEnding, settle } from './request-state.ts';
import type { RequestState } from './request-state.ts';

type Allow = Extract<Verdict, { kind: 'allow' }>;

/** As a string, a small body becomes one piece with the head; copying a large one costs more than a second piece. */
const JOINED_BYTES_MAX = 8 * 1024;

/** An allowed request between the client and the application: one object, because it is made for every request. */
type Forwarding = Destination &
  Ticking & {
    readonly state: RequestState;
    readonly isProtected: boolean;
    readonly effect: Effect | undefined;
    body: Readable | null;
    exchange: Exchange | undefined;
    phase: 'waiting' | 'answering' | 'done';
    /** Announced by the application and not yet passed on; -1 when it is not announced. */
    bytesLeft: number;
    isFlushed: boolean;
    stalledTicks: number;
  };

/** Sends an allowed request to its application and streams both ways. The body is never held in memory. */
export const forward = (state: RequestState, head: Head, verdict: Allow, target: Target): void => {
  const { rule } = verdict;
  if (head.contentLength > rule.bodyBytesMax) {
    return refuse(state, { reason: 'body_too_large', detail: `at most ${rule.bodyBytesMax} bytes` });
  }
  const effect = state.context.effectOf(verdict, state);
  const forwarding = newForwarding(state, rule.allow.kind !== 'everyone', effect);
  if (state.hasBody) {
    forwarding.body = bodyOf(forwarding, rule.bodyBytesMax);
    state.fail = (reason, cause) => fail(forwarding, reason, cause);
  }
  state.res.on('close', () => clientLeft(forwarding));
  if (state.awaitsContinue) {
    state.awaitsContinue = false;
    state.res.writeContinue();
  }
  forwarding.exchange = state.context.upstream.send(
    {
      origin: rule.upstream,
      method: target.method,
      path: outgoingPath(rule, target),
      headers: outgoing(state, head, verdict, target),
      body: forwarding.body,
      headersTimeoutMs: rule.timeoutMs,
      idleTimeoutMs: rule.timeoutMs,
    },
    effect === undefined ? forwarding : held(forwarding, effect, rule.timeoutMs),
  );
};

/** Stopping the gateway waits for effects that are under way. */
const held = (forwarding: Forwarding, effect: Effect, readTimeoutMs: number): UpstreamAnswer => {
  const { running } = forwarding.state.context;
  const answer = heldAnswer(effect, forwarding, readTimeoutMs);
  running.add(answer.done);
  void answer.done.then(() => running.delete(answer.done));
  return answer;
};

const newForwarding = (state: RequestState, isProtected: boolean, effect: Effect | undefined): Forwarding => ({
  state,
  isProtected,
  effect,
  body: null,
  exchange: undefined,
  phase: 'waiting',
  bytesLeft: -1,
  isFlushed: false,
  stalledTicks: 0,
  slot: -1,
  onHead,
  onData,
  onEnd,
  onError,
  onTick,
  isGone,
  onRefused,
});

const bodyOf = (forwarding: Forwarding, bytesMax: number): Readable => {
  const { req, context } = forwarding.state;
  return requestBody({
    req,
    bytesMax,
    limits: context.limits,
    ticks: context.ticks,
    onRefused: (reason) => fail(forwarding, reason),
  });
};

function onHead(this: Forwarding, status: number, headers: readonly string[]): void {
  if (this.phase === 'done') return;
  const { state } = this;
  const { list, contentLength } = answerHead(status, headers, state.requestId, this.isProtected, state.cors);
  state.upstreamMs = performance.now() - state.decidedAt;
  try {
    state.res.writeHead(status, list);
  } catch (error) {
    fail(this, 'upstream_failed', errorOf(error));
    return;
  }
  this.phase = 'answering';
  this.bytesLeft = contentLength;
  // A head with a length goes out with the first piece of its body: one write instead of two.
  if (contentLength === -1) process.nextTick(flush, this);
}

/** An event stream may be silent for long after its head; a small answer in chunks is complete before this runs. */
const flush = (forwarding: Forwarding): void => {
  if (forwarding.phase === 'answering' && !forwarding.isFlushed) forwarding.state.res.flushHeaders();
};

function onData(this: Forwarding, chunk: Buffer): boolean {
  if (this.phase !== 'answering') return true;
  const { res } = this.state;
  this.isFlushed = true;
  if (this.bytesLeft > 0) {
    this.bytesLeft -= chunk.length;
    if (this.bytesLeft === 0) {
      complete(this, chunk);
      return true;
    }
  }
  if (res.write(chunk)) return true;
  awaitClient(this);
  return false;
}

function onEnd(this: Forwarding): void {
  if (this.phase === 'answering') complete(this, undefined);
}

/** Ends the answer with its last piece, so that a small answer is one write. */
const complete = (forwarding: Forwarding, last: Buffer | undefined): void => {
  const { state } = forwarding;
  const { req, res, context } = state;
  forwarding.phase = 'done';
  if (last === undefined) res.end();
  else if (last.length > JOINED_BYTES_MAX) res.end(last);
  else res.end(last.toString('latin1'), 'latin1');
  settle(state, { status: res.statusCode, ending: 'complete' });
  if (res.writableLength > 0) awaitClient(forwarding);
  if (!state.hasBody || req.readableEnded) return;
  // Answered before the body came to its end: let the client read the answer, then hang up unless it finished.
  forwarding.body?.destroy();
  readOn(req, context.limits, (isAtEnd) => {
    if (!isAtEnd) req.socket.destroySoon();
  });
};

function isGone(this: Forwarding): boolean {
  return this.phase === 'done';
}

function onRefused(this: Forwarding, refusal: Extract<Worked, { kind: 'refuse' }>): void {
  leave(this);
  refuse(this.state, refusal);
}

function onError(this: Forwarding, failure: UpstreamFailure): void {
  fail(this, failure.kind === 'timeout' ? 'upstream_timeout' : 'upstream_failed', failure.cause);
}

const fail = (forwarding: Forwarding, reason: Reason, cause?: Error): void => {
  if (forwarding.phase === 'done') return;
  leave(forwarding);
  if (forwarding.state.res.headersSent) cut(forwarding.state, { reason, cause });
  else refuse(forwarding.state, { reason, cause });
};

const clientLeft = (forwarding: Forwarding): void => {
  forwarding.state.context.ticks.delete(forwarding);
  if (forwarding.phase === 'done') return;
  const { state, effect } = forwarding;
  // The application has the whole request: what it does with it has to be recorded, though nobody waits for the answer.
  if (effect?.outlivesCaller === true && (!state.hasBody || state.req.readableEnded)) forwarding.phase = 'done';
  else leave(forwarding);
  settle(state, { status: state.res.headersSent ? state.res.statusCode : 0, ending: lostEnding(state) });
};

/** Lets go of the application, at once. */
const leave = (forwarding: Forwarding): void => {
  forwarding.phase = 'done';
  forwarding.exchange?.abort();
  forwarding.body?.destroy();
};

/** The client takes the answer more slowly than the application gives it: hold the application, but not for ever. */
const awaitClient = (forwarding: Forwarding): void => {
  const { res, context } = forwarding.state;
  // Pieces that were held back come all at once, whatever each is answered.
  if (forwarding.slot !== -1) return;
  forwarding.stalledTicks = 0;
  context.ticks.add(forwarding);
  res.once('drain', () => {
    context.ticks.delete(forwarding);
    if (forwarding.phase === 'answering') forwarding.exchange?.resume();
  });
};

function onTick(this: Forwarding): void {
  const { limits, ticks } = this.state.context;
  this.stalledTicks += 1;
  if ((this.stalledTicks - 1) * limits.tickMs < limits.answerIdleTimeoutMs) return;
  ticks.delete(this);
  if (this.phase !== 'done') leave(this);
  cut(this.state, { reason: 'too_slow' });
}
