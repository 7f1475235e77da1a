import type { Dispatcher } from 'undici';
import { answerHeaders } from './answer-headers.ts';
import type { Ticker, Ticking } from '../ticker.ts';
import type { Exchange, UpstreamAnswer, UpstreamFailure, UpstreamRequest } from './upstream.ts';

/** One connection of a pool, over its reconnects. It looks after the time-outs of the sending that it carries. */
export type Connection = Ticking & { requestsCount: number; sending: Sending | undefined };

/** What flights share. */
export type SendingContext = {
  readonly ticks: Ticker;
  readonly tickMs: number;
  readonly resend: (sending: Sending) => void;
};

/**
 * One request on its way through undici: its handler, its time-outs and the caller's handle in one object, because this
 * is made for every request.
 */
export type Sending = Exchange &
  Ticking &
  Dispatcher.DispatchHandler & {
    readonly context: SendingContext;
    readonly request: UpstreamRequest;
    readonly answer: UpstreamAnswer;
    readonly dispatch: Dispatcher.DispatchOptions;
    phase: 'queued' | 'sent' | 'answering' | 'done';
    controller: Dispatcher.DispatchController | undefined;
    connection: Connection | undefined;
    /** The tick of the last progress. */
    since: number;
    isBodySent: boolean;
    isIdleBound: boolean;
    /** On a connection that carried requests before. */
    isReused: boolean;
    /** The first byte of an answer was seen. */
    isAnswered: boolean;
    isResent: boolean;
  };

export const newConnection = (): Connection => {
  const one: Connection = { slot: -1, requestsCount: 0, sending: undefined, onTick: () => one.sending?.onTick() };
  return one;
};

/** A pool hands a sending to a connection when that has nothing else to do. */
export const assign = (one: Sending, connection: Connection): void => {
  one.connection = connection;
  if (connection.sending !== undefined) return one.context.ticks.add(one);
  connection.sending = one;
  one.context.ticks.delete(one);
};

/** A sending that no connection could take yet has to look after itself. */
export const queue = (one: Sending): void => {
  if (one.connection === undefined && one.phase === 'queued') one.context.ticks.add(one);
};

export const sending = (context: SendingContext, request: UpstreamRequest, answer: UpstreamAnswer): Sending => {
  const { path, method, headers, body } = request;
  return {
    context,
    request,
    answer,
    dispatch: { path, method, headers: headers as string[], body: body as Dispatcher.DispatchOptions['body'] & {} },
    phase: 'queued',
    controller: undefined,
    connection: undefined,
    since: context.ticks.now(),
    isBodySent: body === null,
    isIdleBound: request.idleTimeoutMs > 0,
    isReused: false,
    isAnswered: false,
    isResent: false,
    onRequestStart,
    onBodySent,
    onRequestSent,
    onResponseStarted,
    onResponseStart,
    onResponseData,
    onResponseEnd,
    onResponseError,
    onTick,
    slot: -1,
    resume,
    abort,
  };
};

/** Ends a sending once; whatever undici still reports of it is nobody's business. */
export const finish = (one: Sending, failure: UpstreamFailure | undefined): void => {
  if (one.phase === 'done') return;
  one.phase = 'done';
  release(one);
  if (failure === undefined) one.answer.onEnd();
  else one.answer.onError(failure);
};

const release = (one: Sending): void => {
  one.context.ticks.delete(one);
  if (one.connection?.sending === one) one.connection.sending = undefined;
  one.connection = undefined;
};

/** Ends a sending that undici still holds: what was sent is aborted, what was not never will be. */
const stop = (one: Sending, failure: UpstreamFailure): void => {
  if (one.phase === 'done') return;
  const { controller } = one;
  finish(one, failure);
  controller?.abort(failure.cause);
};

function onRequestStart(this: Sending, controller: Dispatcher.DispatchController): void {
  // Throwing gives the connection back unharmed; aborting would close it.
  if (this.phase === 'done') throw new Error('the request was given up while it waited for a connection');
  this.controller = controller;
  this.phase = 'sent';
  this.since = this.context.ticks.now();
  const { connection } = this;
  if (connection === undefined) return;
  this.isReused = connection.requestsCount > 0;
  connection.requestsCount += 1;
}

function onBodySent(this: Sending): void {
  this.since = this.context.ticks.now();
}

function onRequestSent(this: Sending): void {
  this.isBodySent = true;
  this.since = this.context.ticks.now();
}

function onResponseStarted(this: Sending): void {
  this.isAnswered = true;
}

function onResponseStart(
  this: Sending,
  _controller: Dispatcher.DispatchController,
  status: number,
  headers: Record<string, string | string[] | undefined>,
): void {
  if (this.phase === 'done' || (status >= 100 && status < 200)) return;
  const read = answerHeaders(headers);
  if (read.kind === 'broken' || status < 100 || status > 599) {
    const cause = read.kind === 'broken' ? read.cause : new Error(`the status ${status} does not exist`);
    stop(this, { kind: 'broken', cause });
    return;
  }
  this.phase = 'answering';
  this.since = this.context.ticks.now();
  if (read.isEventStream) this.isIdleBound = false;
  this.answer.onHead(status, read.list);
}

function onResponseData(this: Sending, controller: Dispatcher.DispatchController, chunk: Buffer): void {
  if (this.phase === 'done') return;
  this.since = this.context.ticks.now();
  if (!this.answer.onData(chunk)) controller.pause();
}

function onResponseEnd(this: Sending): void {
  finish(this, undefined);
}

function onResponseError(this: Sending, _controller: Dispatcher.DispatchController | null, error: Error): void {
  if (this.phase === 'done') return;
  if (mayResend(this, error)) {
    this.isResent = true;
    this.phase = 'queued';
    this.controller = undefined;
    release(this);
    // undici is still tidying the broken connection up.
    queueMicrotask(() => {
      if (this.phase === 'queued') this.context.resend(this);
    });
    return;
  }
  finish(this, { kind: kindOf(this, error), cause: error });
}

/**
 * The keep-alive race: the application closed an idle connection while the request was on its way. Only then, and only
 * for a request without a body whose method promises that sending it twice is sending it once (RFC 9110, 9.2.2).
 */
const mayResend = (one: Sending, error: Error): boolean => {
  const { method, body } = one.request;
  if (one.phase !== 'sent' || !one.isReused || one.isAnswered || one.isResent || body !== null) return false;
  return (method === 'GET' || method === 'HEAD') && resetCodes.has(codeOf(error));
};

const resetCodes: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

const kindOf = (one: Sending, error: Error): UpstreamFailure['kind'] => {
  if (codeOf(error) === 'UND_ERR_CONNECT_TIMEOUT') return 'timeout';
  return one.phase === 'queued' ? 'unreachable' : 'broken';
};

const codeOf = (error: Error): string => (error as NodeJS.ErrnoException).code ?? '';

function onTick(this: Sending): void {
  const now = this.context.ticks.now();
  // A client that sends slowly, or reads slowly, is not the application's fault; whoever serves that client watches it.
  if (isClientsTurn(this)) this.since = now;
  const boundMs = this.phase === 'answering' ? this.request.idleTimeoutMs : this.request.headersTimeoutMs;
  if (this.phase === 'answering' && !this.isIdleBound) return;
  if ((now - this.since - 1) * this.context.tickMs < boundMs) return;
  const what = this.phase === 'answering' ? 'the answer stalled' : 'no answer';
  stop(this, { kind: 'timeout', cause: new Error(`${what} for ${boundMs} ms (${this.phase})`) });
}

const isClientsTurn = (one: Sending): boolean => {
  if (one.phase === 'answering') return one.controller?.paused === true;
  return one.phase === 'sent' && !one.isBodySent && one.request.body?.isPaused() === false;
};

function resume(this: Sending): void {
  if (this.phase === 'answering') this.controller?.resume();
}

function abort(this: Sending): void {
  stop(this, { kind: 'aborted', cause: new Error('the client left') });
}
