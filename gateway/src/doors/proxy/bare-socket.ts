import { STATUS_CODES } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { reasons } from '@gatehouse/policies/reasons';
import type { Reason } from '@gatehouse/policies/reasons';
import { problem } from '../problem.ts';
import { refusalHead } from './refuse.ts';
import { isClosing, latestState } from './request-state.ts';
import type { DoorContext, RequestState } from './request-state.ts';

/** Codes of node's parser that say more than "not well-formed". */
const reasonByCode: ReadonlyMap<string, Reason> = new Map([
  ['ERR_HTTP_REQUEST_TIMEOUT', 'too_slow'],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', 'body_too_large'],
  ['HPE_HEADER_OVERFLOW', 'headers_too_large'],
  ['HPE_INVALID_VERSION', 'http_version'],
]);

/** What node could not make a request of, or not to its end. The connection is of no more use. */
export const answerClientError = (context: DoorContext, nextId: () => string, error: Error, socket: Duplex): void => {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (isHungUp(socket) || isSurplus(code, socket)) return;
  if (!isAnswerable(code) || isSilent(socket)) return void socket.destroy();
  const reason = reasonByCode.get(code) ?? 'bad_request';
  const state = latestState(socket);
  if (state !== undefined && !isOver(state)) endTurn(state, reason, error);
  else if (!isClosing(socket)) refuseSocket(context, nextId(), reason, socket, undefined, error);
};

/** A request whose socket node has let go of: for an upgrade or a tunnel, neither of which there is. */
export const refuseTaken = (
  context: DoorContext,
  nextId: () => string,
  reason: Reason,
  socket: Duplex,
  req: IncomingMessage,
): void => {
  const state = latestState(socket);
  if (state !== undefined && !isOver(state)) (socket as Socket).destroySoon();
  else if (!isClosing(socket)) refuseSocket(context, nextId(), reason, socket, req);
};

/**
 * The error lies in the body of a request, or behind a request that is not answered yet: there, bytes of an answer of
 * its own would stand in the middle of another.
 */
const endTurn = (state: RequestState, reason: Reason, error: Error): void => {
  const { req, res, fail } = state;
  state.hasBody = false;
  state.mustClose = true;
  if (state.isSettled && !res.writableEnded) res.end();
  else if (fail === undefined || req.complete) req.socket.destroySoon();
  else fail(reason, error);
};

/** Refuses on a bare socket, with the same bytes as everywhere, and hangs up when the client had time to read them. */
const refuseSocket = (
  context: DoorContext,
  requestId: string,
  reason: Reason,
  socket: Duplex,
  req: IncomingMessage | undefined,
  cause?: Error,
): void => {
  const { status } = reasons[reason];
  const body = problem({ reason, requestId });
  const head = refusalHead(reason, body, requestId, true);
  let text = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n`;
  for (let at = 0; at < head.length; at += 2) text += `${head[at] ?? ''}: ${head[at + 1] ?? ''}\r\n`;
  const timer = setTimeout(() => socket.destroy(), context.limits.lingerMs).unref();
  socket.on('error', () => undefined).on('close', () => clearTimeout(timer));
  socket.end(`${text}\r\n${body}`, 'latin1');
  socket.resume();
  context.record({
    requestId,
    method: req?.method ?? '',
    host: req?.headers.host ?? '',
    path: '',
    verdict: 'bad-request',
    reason,
    status,
    ending: 'complete',
    grounds: { asked: [] },
    cause,
    decideMs: 0,
    totalMs: 0,
    upstreamMs: undefined,
  });
};

const isHungUp = (socket: Duplex): boolean => socket.destroyed || socket.writableEnded;

/** Bytes behind a request that ends its connection: not read, and no reason to withhold the answer to that request. */
const isSurplus = (code: string, socket: Duplex): boolean => code === 'HPE_CLOSED_CONNECTION' && !socket.readableEnded;

/** An end in the middle of a request is a client that left, as a lost connection is. */
const isAnswerable = (code: string): boolean =>
  code === 'ERR_HTTP_REQUEST_TIMEOUT' || (code.startsWith('HPE_') && code !== 'HPE_INVALID_EOF_STATE');

/** A connection that was opened and never used, as browsers do: nobody waits for an answer. */
const isSilent = (socket: Duplex): boolean => (socket as Socket).bytesRead === 0;

const isOver = ({ isSettled, req, res }: RequestState): boolean => isSettled && req.complete && res.writableFinished;
