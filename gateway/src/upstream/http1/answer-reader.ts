import { chunkReader, readChunks, resetChunks, takeData } from './chunk-reader.ts';
import type { ChunkReader } from './chunk-reader.ts';
import { readHead, saysClose, versionPrefix } from './head-reader.ts';
import type { AnswerHead } from './head-reader.ts';
import { CR, LF } from './octets.ts';

/** Called in order: `onHead` once, `onData` at most once for each reading, then exactly one of the others. */
export type AnswerSink = {
  readonly onHead: (head: AnswerHead) => void;
  /** The chunk is the sink's to keep. */
  readonly onData: (chunk: Buffer) => void;
  /** `isReusable`: the next byte of the connection begins another answer, as far as this answer can tell. */
  readonly onAnswerEnd: (isReusable: boolean) => void;
  readonly onBroken: (cause: Error) => void;
};

/** Reads the answers of one connection, one after another, from pieces cut anywhere. */
export type AnswerReader = {
  readonly headBytesMax: number;
  readonly chunks: ChunkReader;
  /** `silent`: between answers, and after a broken one. `none`: the head is read and there is no body. */
  phase: 'silent' | 'head' | 'none' | 'length' | 'chunks' | 'close';
  isToHead: boolean;
  /** A byte of the answer, if only of an informational one, was seen. */
  hasStarted: boolean;
  isReusable: boolean;
  /** Of the body. */
  left: number;
  informationalCount: number;
  /** The beginning of a head, until the rest comes. */
  partial: Buffer | undefined;
  /** How much of `partial` was looked at for what no head has. */
  lookedAt: number;
};

const INFORMATIONAL_MAX = 16;
const emptyLine = Buffer.from('\r\n\r\n');

export const answerReader = (headBytesMax: number): AnswerReader => ({
  headBytesMax,
  chunks: chunkReader(),
  phase: 'silent',
  isToHead: false,
  hasStarted: false,
  isReusable: false,
  left: 0,
  informationalCount: 0,
  partial: undefined,
  lookedAt: 0,
});

/** From now on an answer is expected. An answer to HEAD has no body, whatever it announces (RFC 9112, 6.3). */
export const expectAnswer = (reader: AnswerReader, isToHead: boolean): void => {
  reader.phase = 'head';
  reader.isToHead = isToHead;
  reader.hasStarted = false;
  reader.informationalCount = 0;
};

/** Nothing more is read, nor said to the sink. */
export const stopReading = (reader: AnswerReader): void => {
  reader.phase = 'silent';
  forget(reader);
};

/** Reads the first `length` bytes; they are free to change afterwards. */
export const readAnswer = (reader: AnswerReader, sink: AnswerSink, bytes: Buffer, length: number): void => {
  reader.hasStarted = true;
  if (reader.phase === 'head') readHeads(reader, sink, bytes, length);
  else readBody(reader, sink, bytes, 0, length);
};

/** The connection has come to its end. Whether the answer has, too, and was said to be complete. */
export const endAnswer = (reader: AnswerReader, sink: AnswerSink): boolean => {
  if (reader.phase !== 'close') return false;
  complete(reader, sink, false);
  return true;
};

const readHeads = (reader: AnswerReader, sink: AnswerSink, bytes: Buffer, length: number): void => {
  const { partial } = reader;
  if (partial === undefined) return readHeadsOf(reader, sink, bytes, length);
  const joined = Buffer.concat([partial, bytes.subarray(0, length)]);
  readHeadsOf(reader, sink, joined, joined.length);
};

const readHeadsOf = (reader: AnswerReader, sink: AnswerSink, bytes: Buffer, to: number): void => {
  let at = 0;
  while (reader.phase === 'head') {
    // Behind `to` there may be anything: an end that lies there is none.
    const linesEnd = bytes.indexOf(emptyLine, at);
    const end = linesEnd === -1 ? to + 1 : linesEnd + emptyLine.length;
    if (Math.min(end, to) - at > reader.headBytesMax) {
      return fail(reader, sink, new Error(`the head is longer than ${reader.headBytesMax} bytes`));
    }
    if (end > to) return keep(reader, sink, bytes, at, to);
    forget(reader);
    // The line end of the last line belongs to the lines.
    const head = readHead(bytes, at, end - 2);
    if (head.kind === 'broken') return fail(reader, sink, head.cause);
    take(reader, sink, head);
    at = end;
  }
  readBody(reader, sink, bytes, at, to);
};

const take = (reader: AnswerReader, sink: AnswerSink, head: AnswerHead): void => {
  if (head.status >= 200) return begin(reader, sink, head);
  reader.informationalCount += 1;
  if (reader.informationalCount > INFORMATIONAL_MAX) fail(reader, sink, new Error('too many informational answers'));
};

const forget = (reader: AnswerReader): void => {
  reader.partial = undefined;
  reader.lookedAt = 0;
};

/** Keeps the beginning of a head, unless it can be none: nobody need wait for the rest of that. */
const keep = (reader: AnswerReader, sink: AnswerSink, source: Buffer, from: number, to: number): void => {
  // A copy: the bytes belong to whoever reads next.
  const partial = Buffer.from(source.subarray(from, to));
  const prefix = versionPrefix.subarray(0, partial.length);
  let isPossible = partial.subarray(0, prefix.length).equals(prefix);
  for (let at = reader.lookedAt; at < partial.length; at++) {
    if (partial[at] === LF && partial[at - 1] !== CR) isPossible = false;
  }
  if (!isPossible) return fail(reader, sink, new Error('this is no answer of HTTP/1'));
  reader.partial = partial;
  reader.lookedAt = partial.length;
};

const begin = (reader: AnswerReader, sink: AnswerSink, head: AnswerHead): void => {
  const { status, isChunked, contentLength } = head;
  const isBodiless = status === 204 || status === 304;
  reader.isReusable = !head.isHttp10 && !saysClose(head.connection);
  // Whoever announces a body that must not be may well send it: not where the next answer is expected.
  if (isBodiless && (isChunked || contentLength > 0)) reader.isReusable = false;
  reader.phase = framing(head, isBodiless || reader.isToHead);
  reader.left = contentLength;
  if (reader.phase === 'chunks') resetChunks(reader.chunks);
  sink.onHead(head);
};

const framing = ({ isChunked, contentLength }: AnswerHead, isBodiless: boolean): AnswerReader['phase'] => {
  if (isBodiless || contentLength === 0) return 'none';
  if (isChunked) return 'chunks';
  return contentLength > 0 ? 'length' : 'close';
};

const readBody = (reader: AnswerReader, sink: AnswerSink, bytes: Buffer, from: number, to: number): void => {
  switch (reader.phase) {
    case 'silent':
    case 'head':
      return;
    case 'none':
      return complete(reader, sink, from === to);
    case 'length':
      return readLength(reader, sink, bytes, from, to);
    case 'chunks':
      return readChunked(reader, sink, bytes, from, to);
    case 'close':
      if (from < to) sink.onData(copied(bytes, from, to));
  }
};

const readLength = (reader: AnswerReader, sink: AnswerSink, bytes: Buffer, from: number, to: number): void => {
  const end = Math.min(to, from + reader.left);
  if (from === end) return;
  reader.left -= end - from;
  sink.onData(copied(bytes, from, end));
  if (reader.left === 0) complete(reader, sink, end === to);
};

const readChunked = (reader: AnswerReader, sink: AnswerSink, bytes: Buffer, from: number, to: number): void => {
  const { chunks } = reader;
  const end = readChunks(chunks, bytes, from, to);
  const data = takeData(chunks);
  if (data.length > 0) sink.onData(data);
  if (chunks.state === 'done') complete(reader, sink, end === to);
  else if (chunks.state === 'broken') fail(reader, sink, new Error('the chunks are malformed'));
};

const copied = (bytes: Buffer, from: number, to: number): Buffer => {
  const copy = Buffer.allocUnsafe(to - from);
  bytes.copy(copy, 0, from, to);
  return copy;
};

/** Ends an answer once. The sink may have stopped the reading in the meantime. */
const complete = (reader: AnswerReader, sink: AnswerSink, isExact: boolean): void => {
  if (reader.phase === 'silent') return;
  const isReusable = reader.isReusable && isExact && reader.phase !== 'close';
  stopReading(reader);
  sink.onAnswerEnd(isReusable);
};

const fail = (reader: AnswerReader, sink: AnswerSink, cause: Error): void => {
  if (reader.phase === 'silent') return;
  stopReading(reader);
  sink.onBroken(cause);
};
