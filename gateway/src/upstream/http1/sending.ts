import type { Ticker } from '../../ticker.ts';
import type { Exchange, UpstreamAnswer, UpstreamFailure, UpstreamRequest } from '../upstream.ts';
import type { Upload } from './upload.ts';

/** What has a sending at the moment: the queue of its pool, or a connection. */
export type Carrier = {
  /** The sending is given up. What was sent of it is aborted; what was not, never will be. */
  readonly letGo: (sending: Sending) => void;
  readonly resume: () => void;
};

/** What all sendings of a client share. */
export type SendingContext = {
  readonly ticks: Ticker;
  readonly tickMs: number;
  readonly onFinished: () => void;
};

/**
 * One request on its way: its state, its time-outs and the caller's handle in one object, because this is made for every
 * request. `gathering`: its body has not given anything yet, so there is nothing to send.
 */
export type Sending = Exchange & {
  readonly context: SendingContext;
  readonly request: UpstreamRequest;
  readonly answer: UpstreamAnswer;
  phase: 'gathering' | 'queued' | 'connecting' | 'sent' | 'answering' | 'done';
  /** See `RequestHead`. */
  head: string;
  upload: Upload | undefined;
  carrier: Carrier | undefined;
  /** The tick of the last progress. */
  since: number;
  isIdleBound: boolean;
  isResent: boolean;
};

export const newSending = (context: SendingContext, request: UpstreamRequest, answer: UpstreamAnswer): Sending => ({
  context,
  request,
  answer,
  phase: 'gathering',
  head: '',
  upload: undefined,
  carrier: undefined,
  since: context.ticks.now(),
  isIdleBound: request.idleTimeoutMs > 0,
  isResent: false,
  resume,
  abort,
});

/** Ends a sending once. Whoever carries it has let go of it. */
export const finish = (one: Sending, failure: UpstreamFailure | undefined): void => {
  if (one.phase === 'done') return;
  one.phase = 'done';
  one.carrier = undefined;
  one.upload?.stop();
  one.context.onFinished();
  if (failure === undefined) one.answer.onEnd();
  else one.answer.onError(failure);
};

/** Ends a sending that somebody still carries. */
export const stop = (one: Sending, failure: UpstreamFailure): void => {
  one.carrier?.letGo(one);
  finish(one, failure);
};

/** Ends a sending that waited for too long. `isClientsTurn`: its client sends or reads slowly, which is not its fault. */
export const watch = (one: Sending, now: number, isClientsTurn: boolean): void => {
  if (isClientsTurn) one.since = now;
  const isAnswering = one.phase === 'answering';
  if (isAnswering && !one.isIdleBound) return;
  const boundMs = isAnswering ? one.request.idleTimeoutMs : one.request.headersTimeoutMs;
  if ((now - one.since - 1) * one.context.tickMs < boundMs) return;
  const what = isAnswering ? 'the answer stalled' : 'no answer';
  stop(one, { kind: 'timeout', cause: new Error(`${what} for ${boundMs} ms (${one.phase})`) });
};

function resume(this: Sending): void {
  if (this.phase === 'answering') this.carrier?.resume();
}

function abort(this: Sending): void {
  if (this.phase === 'done') return;
  stop(this, { kind: 'aborted', cause: new Error('the client left') });
}
