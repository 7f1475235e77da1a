import { errorOf } from '../../error-of.ts';
import type { Socket } from 'node:net';
import type { UpstreamFailure } from '../upstream.ts';
import { answerReader, endAnswer, expectAnswer, readAnswer, stopReading } from './answer-reader.ts';
import type { AnswerReader, AnswerSink } from './answer-reader.ts';
import type { Connect } from './dial.ts';
import type { AnswerHead } from './head-reader.ts';
import { idleMsOf } from './keep-alive.ts';
import { isLast } from './request-head.ts';
import { finish, watch } from './sending.ts';
import type { Carrier, Sending, SendingContext } from './sending.ts';

/** What a connection asks of the pool that it belongs to. */
export type Owner = {
  readonly context: SendingContext;
  readonly limits: ConnectionLimits;
  /** It has carried a sending to its end and can carry another, once it was seen to be silent. */
  readonly onIdle: (connection: Connection) => void;
  /** It is gone. */
  readonly onLost: (connection: Connection) => void;
  /** It was lost under a sending that may be sent a second time, on a fresh connection. */
  readonly onResend: (sending: Sending) => void;
};

export type ConnectionLimits = {
  readonly connectTimeoutMs: number;
  readonly keepAliveTimeoutMs: number;
  readonly headBytesMax: number;
};

/** One connection to an application, from its first packet to its last. It carries one sending at a time. */
export type Connection = Carrier &
  AnswerSink & {
    readonly owner: Owner;
    readonly socket: Socket;
    readonly reader: AnswerReader;
    phase: 'connecting' | 'busy' | 'idle' | 'lost';
    sending: Sending | undefined;
    requestsCount: number;
    /** The tick at which it began to connect, or to be idle. */
    since: number;
    /** The last Keep-Alive, and how long the connection may be idle by it. */
    keepAlive: string;
    idleMs: number;
    isPaused: boolean;
    /** What came in spite of the pause: TLS decrypts whole records, however little is wanted. */
    held: Buffer | undefined;
    isEndHeld: boolean;
  };

/** Opens a connection for a sending, which waits for it. Throws when that cannot even be tried. */
export const openConnection = (owner: Owner, connect: Connect, sending: Sending): Connection => {
  const socket = connect({
    onConnected: () => connected(connection),
    onBytes: (bytes, length) => received(connection, bytes, length),
  });
  const connection = newConnection(owner, socket, sending);
  sending.phase = 'connecting';
  sending.carrier = connection;
  socket
    .on('drain', () => connection.sending?.upload?.onDrain())
    .on('end', () => ended(connection))
    .on('error', (error: NodeJS.ErrnoException) => lose(connection, error, resetCodes.has(error.code ?? '')))
    .on('close', () => {
      if (!connection.isEndHeld) lose(connection, closed(), true);
    });
  return connection;
};

const newConnection = (owner: Owner, socket: Socket, sending: Sending): Connection => ({
  owner,
  socket,
  reader: answerReader(owner.limits.headBytesMax),
  phase: 'connecting',
  sending,
  requestsCount: 0,
  since: owner.context.ticks.now(),
  keepAlive: '',
  idleMs: owner.limits.keepAliveTimeoutMs,
  isPaused: false,
  held: undefined,
  isEndHeld: false,
  letGo,
  resume,
  onHead,
  onData,
  onAnswerEnd,
  onBroken,
});

/** Writes a request to a connection that has nothing else to do. */
export const carry = (connection: Connection, one: Sending): void => {
  connection.phase = 'busy';
  connection.sending = one;
  connection.requestsCount += 1;
  one.carrier = connection;
  one.phase = 'sent';
  expectAnswer(connection.reader, one.request.method === 'HEAD');
  if (one.upload === undefined) connection.socket.write(one.head, 'latin1');
  else one.upload.start(connection.socket, one.head);
};

export const closeConnection = (connection: Connection): void => {
  if (connection.phase === 'lost') return;
  connection.phase = 'lost';
  connection.sending = undefined;
  connection.held = undefined;
  stopReading(connection.reader);
  connection.owner.onLost(connection);
  connection.socket.destroy();
};

export const tickConnection = (connection: Connection, now: number): void => {
  const { owner, phase, sending, since } = connection;
  const { context, limits } = owner;
  if (phase === 'idle' && (now - since) * context.tickMs >= connection.idleMs) return closeConnection(connection);
  if (sending === undefined) return;
  if (phase === 'connecting' && (now - since - 1) * context.tickMs >= limits.connectTimeoutMs) {
    return failWith(connection, {
      kind: 'timeout',
      cause: new Error(`no connection in ${limits.connectTimeoutMs} ms`),
    });
  }
  watch(sending, now, isClientsTurn(connection, sending));
};

const isClientsTurn = ({ isPaused }: Connection, { phase, upload }: Sending): boolean =>
  phase === 'answering' ? isPaused : phase === 'sent' && upload !== undefined && upload.isWaiting();

const connected = (connection: Connection): void => {
  if (connection.phase === 'connecting' && connection.sending !== undefined) carry(connection, connection.sending);
};

const received = (connection: Connection, bytes: Buffer, length: number): boolean => {
  if (connection.phase === 'lost') return false;
  if (connection.phase !== 'busy') {
    lose(connection, new Error('bytes that nobody asked for'), false);
    return false;
  }
  if (connection.isPaused) {
    const piece = Buffer.from(bytes.subarray(0, length));
    connection.held = connection.held === undefined ? piece : Buffer.concat([connection.held, piece]);
    return false;
  }
  read(connection, bytes, length);
  return !connection.isPaused;
};

/** Whatever the reader of the answer throws is its own exchange's end, not the process's. */
const read = (connection: Connection, bytes: Buffer, length: number): void => {
  try {
    readAnswer(connection.reader, connection, bytes, length);
  } catch (error) {
    connection.onBroken(errorOf(error));
  }
};

const ended = (connection: Connection): void => {
  if (connection.isPaused) connection.isEndHeld = true;
  else if (!endAnswer(connection.reader, connection)) lose(connection, closed(), true);
};

const closed = (): Error => new Error('the application closed the connection');

/** The connection is gone. `isReset`: perhaps only because the application closed it while it was idle. */
const lose = (connection: Connection, cause: Error, isReset: boolean): void => {
  const { sending, phase } = connection;
  if (phase === 'lost' || sending === undefined) return closeConnection(connection);
  if (phase === 'busy') {
    if (!isReset || !mayResend(connection, sending)) return failWith(connection, { kind: 'broken', cause });
    closeConnection(connection);
    sending.isResent = true;
    return connection.owner.onResend(sending);
  }
  const kind = (cause as NodeJS.ErrnoException).code === 'ETIMEDOUT' ? 'timeout' : 'unreachable';
  failWith(connection, { kind, cause });
};

const resetCodes: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE']);

/**
 * The keep-alive race: the application closed an idle connection while the request was on its way. Only then, and only
 * for a request without a body whose method promises that sending it twice is sending it once (RFC 9110, 9.2.2).
 */
const mayResend = (connection: Connection, { isResent, request }: Sending): boolean => {
  if (isResent || connection.requestsCount < 2 || connection.reader.hasStarted) return false;
  return request.body === null && (request.method === 'GET' || request.method === 'HEAD');
};

const failWith = (connection: Connection, failure: UpstreamFailure): void => {
  const { sending } = connection;
  closeConnection(connection);
  if (sending !== undefined) finish(sending, failure);
};

function onHead(this: Connection, head: AnswerHead): void {
  const { sending, owner } = this;
  if (sending === undefined) return;
  if (head.keepAlive !== this.keepAlive) {
    this.keepAlive = head.keepAlive;
    this.idleMs = idleMsOf(head.keepAlive, owner.limits.keepAliveTimeoutMs);
  }
  sending.phase = 'answering';
  sending.since = owner.context.ticks.now();
  if (head.isEventStream) sending.isIdleBound = false;
  sending.answer.onHead(head.status, head.headers);
}

function onData(this: Connection, chunk: Buffer): void {
  const { sending } = this;
  if (sending === undefined) return;
  sending.since = this.owner.context.ticks.now();
  // Asking for a pause and giving up at once is giving up.
  if (!sending.answer.onData(chunk) && this.sending === sending) this.isPaused = true;
}

function onAnswerEnd(this: Connection, isReusable: boolean): void {
  const { sending } = this;
  if (sending === undefined) return;
  const { upload, request } = sending;
  const isSent = upload === undefined || upload.isSent();
  this.isPaused = false;
  if (isReusable && isSent && !isLast(request) && !this.isEndHeld && this.idleMs > 0) {
    this.sending = undefined;
    this.phase = 'idle';
    this.since = this.owner.context.ticks.now();
    this.owner.onIdle(this);
  } else closeConnection(this);
  finish(sending, undefined);
}

function onBroken(this: Connection, cause: Error): void {
  failWith(this, { kind: 'broken', cause });
}

function letGo(this: Connection, sending: Sending): void {
  if (this.sending === sending) closeConnection(this);
}

function resume(this: Connection): void {
  if (!this.isPaused) return;
  const { held, sending } = this;
  this.isPaused = false;
  this.held = undefined;
  if (sending !== undefined) sending.since = this.owner.context.ticks.now();
  if (held !== undefined) read(this, held, held.length);
  if (this.isPaused || this.phase === 'lost') return;
  if (this.isEndHeld) ended(this);
  else this.socket.resume();
}
