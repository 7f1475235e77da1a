import type { IncomingMessage } from 'node:http';
import { reasons } from '@gatehouse/policies/reasons';
import type { Reason } from '@gatehouse/policies/reasons';
import { problem, problemMediaType, refusalHeaders } from '../problem.ts';
import { corsHeaders } from './cors.ts';
import type { ProxyLimits } from './limits.ts';
import { lostEnding, markClosing, settle } from './request-state.ts';
import type { RequestState } from './request-state.ts';

export type Refusal = {
  readonly reason: Reason;
  readonly detail?: string | undefined;
  readonly cause?: Error | undefined;
};

/** Answers with problem details and records it. An answer that has begun cannot be refused any more: it is cut. */
export const refuse = (state: RequestState, { reason, detail, cause }: Refusal): void => {
  const { res, req, requestId } = state;
  if (res.destroyed) return settle(state, { status: 0, ending: lostEnding(state), reason, cause });
  if (res.headersSent) return cut(state, { reason, cause });
  const { status } = reasons[reason];
  const body = problem({ reason, requestId, detail });
  const isUnread = state.hasBody && !req.readableEnded;
  const close = state.mustClose || isUnread;
  if (close) markClosing(req.socket);
  const head = refusalHead(reason, body, requestId, close);
  if (state.cors !== undefined) head.push(...corsHeaders(state.cors));
  res.writeHead(status, head);
  if (isUnread && !req.destroyed) closeLater(state, body);
  else res.end(body, 'latin1');
  settle(state, { status, ending: 'complete', reason, cause });
};

/** Ends an answer that has begun so that nobody takes it for complete: a reset, never a tidy end. */
export const cut = (
  state: RequestState,
  why: { readonly reason?: Reason | undefined; readonly cause?: Error | undefined },
): void => {
  const { req, res } = state;
  settle(state, { status: res.statusCode, ending: 'cut', ...why });
  req.socket.resetAndDestroy();
};

/** The head of a refusal, for `writeHead` and for bare sockets. */
export const refusalHead = (reason: Reason, body: string, requestId: string, close: boolean): string[] => {
  const list = ['Content-Type', problemMediaType, 'Content-Length', String(body.length), 'Cache-Control', 'no-store'];
  list.push('X-Request-Id', requestId, ...refusalHeaders(reason));
  if (close) list.push('Connection', 'close');
  return list;
};

/**
 * Reads on for a while and throws away what comes: closing a connection with unread bytes resets it, and the client
 * would lose the answer (RFC 9112, 9.6). `done` is called once: at the end of the request or of the patience.
 */
export const readOn = (req: IncomingMessage, limits: ProxyLimits, done: (isAtEnd: boolean) => void): void => {
  let left = limits.lingerBytesMax;
  const onData = (chunk: Buffer): void => {
    left -= chunk.length;
    if (left < 0) stop();
  };
  const stop = (): void => {
    clearTimeout(timer);
    req.off('data', onData).off('end', stop).off('close', stop);
    done(req.complete);
  };
  const timer = setTimeout(stop, limits.lingerMs).unref();
  req.on('data', onData).on('end', stop).on('close', stop).resume();
};

const closeLater = ({ req, res, context, awaitsContinue }: RequestState, body: string): void => {
  // A HEAD answer has no body that would carry its head along.
  res.flushHeaders();
  res.write(body, 'latin1');
  if (awaitsContinue) res.end();
  else readOn(req, context.limits, () => res.end());
};
