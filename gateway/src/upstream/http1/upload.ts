import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { UpstreamFailure } from '../upstream.ts';

/** The body of one request on its way from its source to a socket. */
export type Upload = {
  /** Writes `head` and what there is of the body, and goes on as it comes and as the socket takes it. */
  readonly start: (socket: Socket, head: string) => void;
  /** The socket takes more. */
  readonly onDrain: () => void;
  /** Every byte of it is written. */
  readonly isSent: () => boolean;
  /** Nothing is missing but what the source has not given. */
  readonly isWaiting: () => boolean;
  /** The body is of no more use: its source is destroyed unless all of it was sent. */
  readonly stop: () => void;
};

type Parts = {
  readonly body: NodeJS.ReadableStream;
  /** -1 when it is not announced: the body goes in chunks. */
  readonly contentLength: number;
  /** What ends the head when the length was not announced and the body turns out to be empty. */
  readonly emptyFraming: string;
  /** The body has given something, or has come to its end. Called once, never before `upload` returns. */
  readonly onReady: () => void;
  /** The application took something, or has it all. */
  readonly onProgress: () => void;
  readonly onFailed: (failure: UpstreamFailure) => void;
};

type Flow = {
  readonly parts: Parts;
  readonly body: Readable;
  readonly isChunked: boolean;
  state: 'gathering' | 'ready' | 'flowing' | 'held' | 'sent' | 'stopped';
  /** Came before there was a socket to write it to. */
  first: Buffer | undefined;
  isAtEnd: boolean;
  /** Announced and not written yet. */
  left: number;
  socket: Socket | undefined;
};

/** Never more bytes than were announced, nor fewer without `onFailed`: behind either, the application would see another request. */
export const upload = (parts: Parts): Upload => {
  const { contentLength: left } = parts;
  const body = parts.body as Readable;
  const isChunked = left === -1;
  const flow: Flow = {
    parts,
    body,
    isChunked,
    state: 'gathering',
    first: undefined,
    isAtEnd: false,
    left,
    socket: undefined,
  };
  const onData = (chunk: unknown): void => take(flow, chunk);
  const onEnd = (): void => end(flow);
  const onClose = (): void => lose(flow);
  body.on('data', onData).on('end', onEnd).on('close', onClose);
  // This listener stays: a source may report an error while it is destroyed.
  body.on('error', (error) => lose(flow, error));
  if (body.readableEnded) queueMicrotask(onEnd);
  else if (body.destroyed) queueMicrotask(onClose);
  return {
    start: (socket, head) => begin(flow, socket, head),
    onDrain: () => goOn(flow),
    isSent: () => flow.state === 'sent',
    isWaiting: () => flow.state === 'gathering' || flow.state === 'flowing',
    stop: () => {
      body.off('data', onData).off('end', onEnd).off('close', onClose);
      if (flow.state === 'sent') return;
      flow.state = 'stopped';
      if (!flow.isAtEnd) body.destroy();
    },
  };
};

const take = (flow: Flow, chunk: unknown): void => {
  const { state, socket } = flow;
  const piece = bufferOf(chunk);
  if (piece === undefined) return fail(flow, 'the body is not made of bytes');
  if (piece.length === 0) return;
  if (state === 'sent') return fail(flow, 'the body is longer than announced');
  if (socket !== undefined) return put(flow, socket, '', piece);
  // A source need not heed the pause at once.
  flow.first = flow.first === undefined ? piece : Buffer.concat([flow.first, piece]);
  flow.body.pause();
  ready(flow);
};

const end = (flow: Flow): void => {
  flow.isAtEnd = true;
  if (flow.socket === undefined) ready(flow);
  else if (flow.state !== 'sent') finishBody(flow, flow.socket);
};

const lose = (flow: Flow, cause?: Error): void => {
  if (flow.isAtEnd || flow.state === 'sent' || flow.state === 'stopped') return;
  flow.parts.onFailed({ kind: 'aborted', cause: new Error('the body did not come to its end', { cause }) });
};

const fail = (flow: Flow, text: string): void => flow.parts.onFailed({ kind: 'broken', cause: new Error(text) });

const ready = (flow: Flow): void => {
  if (flow.state !== 'gathering') return;
  flow.state = 'ready';
  flow.parts.onReady();
};

const begin = (flow: Flow, socket: Socket, head: string): void => {
  const { first, isChunked, parts } = flow;
  flow.socket = socket;
  flow.state = 'flowing';
  flow.first = undefined;
  if (first === undefined) {
    if (flow.left > 0) return fail(flow, 'the body is shorter than announced');
    socket.write(head + (isChunked ? parts.emptyFraming : '\r\n'), 'latin1');
    return sent(flow);
  }
  put(flow, socket, isChunked ? `${head}Transfer-Encoding: chunked\r\n\r\n` : `${head}\r\n`, first);
  resume(flow, socket);
};

/** Lets the source go on, or finds that it has nothing more. */
const resume = (flow: Flow, socket: Socket): void => {
  const { state, isAtEnd, body } = flow;
  if (isAtEnd && (state === 'flowing' || state === 'held')) finishBody(flow, socket);
  else if (state === 'flowing' || state === 'sent') body.resume();
};

const goOn = (flow: Flow): void => {
  if (flow.state !== 'held') return;
  flow.state = 'flowing';
  flow.parts.onProgress();
  flow.body.resume();
};

const put = (flow: Flow, socket: Socket, head: string, piece: Buffer): void => {
  const { isChunked } = flow;
  if (!isChunked && piece.length > flow.left) return fail(flow, 'the body is longer than announced');
  const isTaken = write(socket, isChunked ? `${head}${piece.length.toString(16)}\r\n` : head, piece, isChunked);
  flow.left -= piece.length;
  if (flow.left === 0) return sent(flow);
  if (isTaken) return;
  flow.state = 'held';
  flow.body.pause();
};

const finishBody = (flow: Flow, socket: Socket): void => {
  if (flow.left > 0) return fail(flow, 'the body is shorter than announced');
  if (flow.isChunked) socket.write('0\r\n\r\n', 'latin1');
  sent(flow);
};

const sent = (flow: Flow): void => {
  flow.state = 'sent';
  flow.parts.onProgress();
};

const bufferOf = (chunk: unknown): Buffer | undefined => {
  if (Buffer.isBuffer(chunk)) return chunk;
  if (typeof chunk === 'string') return Buffer.from(chunk);
  return chunk instanceof Uint8Array ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength) : undefined;
};

/** As a string, a small piece is one write with what goes before and behind it; copying a large one costs more. */
const JOINED_BYTES_MAX = 8 * 1024;

const write = (socket: Socket, before: string, piece: Buffer, isChunk: boolean): boolean => {
  const after = isChunk ? '\r\n' : '';
  if (piece.length <= JOINED_BYTES_MAX) return socket.write(before + piece.toString('latin1') + after, 'latin1');
  socket.cork();
  if (before !== '') socket.write(before, 'latin1');
  let isTaken = socket.write(piece);
  if (isChunk) isTaken = socket.write(after, 'latin1');
  socket.uncork();
  return isTaken;
};
