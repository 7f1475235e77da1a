import { STATUS_CODES } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { reasons } from '@gatehouse/policies/reasons';
import type { Reason } from '@gatehouse/policies/reasons';
import { problem } from '../problem.ts';
import { refusalHead } from './refuse.ts';
import { latestTurn } from './socket-turn.ts';
import type { Desk } from './turn.ts';

/** Codes of node's parser that say more than "not well-formed". */
const reasonByCode: ReadonlyMap<string, Reason> = new Map([
  ['ERR_HTTP_REQUEST_TIMEOUT', 'too_slow'],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', 'body_too_large'],
  ['HPE_HEADER_OVERFLOW', 'headers_too_large'],
  ['HPE_INVALID_TRANSFER_ENCODING', 'transfer_encoding_unknown'],
  ['HPE_INVALID_VERSION', 'http_version'],
]);

/** What node could not make a request of, or not to its end. The connection is of no more use. */
export const answerClientError = (desk: Desk, nextId: () => string, error: Error, socket: Duplex): void => {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const isAnswerable = code.startsWith('HPE_') || code === 'ERR_HTTP_REQUEST_TIMEOUT';
  if (socket.destroyed || socket.writableEnded) return;
  if (!isAnswerable || isSilent(socket)) return void socket.destroy();
  const turn = latestTurn(socket);
  const reason = reasonByCode.get(code) ?? 'bad_request';
  if (turn !== undefined && !isOver(turn)) {
    // The error lies in the body of a request, or behind a request that is not answered yet: bytes of an own answer
    // would stand in the middle of another.
    turn.hasBody = false;
    if (turn.fail === undefined || turn.req.complete) socket.destroy();
    else turn.fail(reason, error);
    return;
  }
  refuseSocket(desk, nextId(), reason, socket, undefined, error);
};

/** Refuses on a bare socket, with the same bytes as everywhere, and hangs up when the client had time to read them. */
export const refuseSocket = (
  desk: Desk,
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
  const timer = setTimeout(() => socket.destroy(), desk.limits.lingerMs).unref();
  socket.on('error', () => undefined).on('close', () => clearTimeout(timer));
  socket.end(`${text}\r\n${body}`, 'latin1');
  socket.resume();
  desk.record({
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

/** A connection that was opened and never used, as browsers do: nobody waits for an answer. */
const isSilent = (socket: Duplex): boolean => (socket as Socket).bytesRead === 0;

const isOver = ({
  isSettled,
  req,
  res,
}: {
  isSettled: boolean;
  req: IncomingMessage;
  res: { writableFinished: boolean };
}): boolean => isSettled && req.complete && res.writableFinished;
