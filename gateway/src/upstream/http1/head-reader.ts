import { BLANK, COLON, CR, FIELD, LF, SP, TOKEN, decimal, isA, skip } from './octets.ts';

export type AnswerHead = {
  readonly kind: 'head';
  readonly status: number;
  /** Flat: name, value, name, value, as they came (latin1), without the blanks around values. */
  readonly headers: readonly string[];
  readonly isHttp10: boolean;
  /** -1 when it is not announced. */
  readonly contentLength: number;
  readonly isChunked: boolean;
  readonly isEventStream: boolean;
  /** Values of all Connection lines, joined by commas; empty when there are none. */
  readonly connection: string;
  /** Values of all Keep-Alive lines, likewise. */
  readonly keepAlive: string;
};

export type HeadBroken = { readonly kind: 'broken'; readonly cause: Error };

const LINES_MAX = 256;

type Draft = { -readonly [Field in keyof AnswerHead]: AnswerHead[Field] } & { readonly headers: string[] };

/**
 * Reads the head of an answer (RFC 9112, 4 to 6) from `from` to `end`: the status line and all header lines with their
 * line ends, without the empty line. Whatever two readers could frame differently is broken, never repaired.
 */
export const readHead = (bytes: Buffer, from: number, end: number): AnswerHead | HeadBroken => {
  const draft = newDraft();
  const linesAt = readStatusLine(draft, bytes, from);
  if (linesAt === -1) return broken('the status line is none');
  const fault = readLines(draft, bytes, from, linesAt, end) ?? framingFault(draft);
  return fault === undefined ? draft : broken(fault);
};

const newDraft = (): Draft => ({
  kind: 'head',
  status: 0,
  headers: [],
  isHttp10: false,
  contentLength: -1,
  isChunked: false,
  isEventStream: false,
  connection: '',
  keepAlive: '',
});

const broken = (text: string): HeadBroken => ({ kind: 'broken', cause: new Error(text) });

/** All status lines begin with this, a digit follows. */
export const versionPrefix = Buffer.from('HTTP/1.');

/** Where the first header line begins; -1 when the line is not a status line of HTTP/1. A reason may be missing. */
const readStatusLine = (draft: Draft, bytes: Buffer, from: number): number => {
  draft.isHttp10 = bytes[from + 7] === 0x30;
  draft.status = statusAt(bytes, from + 9);
  if (!isVersioned(bytes, from) || draft.status < 100 || draft.status > 599) return -1;
  const reasonAt = from + 12;
  const end = bytes[reasonAt] === SP ? skip(bytes, reasonAt, FIELD) : reasonAt;
  return bytes[end] === CR && bytes[end + 1] === LF ? end + 2 : -1;
};

const isVersioned = (bytes: Buffer, from: number): boolean => {
  for (let at = 0; at < versionPrefix.length; at++) if (bytes[from + at] !== versionPrefix[at]) return false;
  const minor = bytes[from + 7];
  return (minor === 0x30 || minor === 0x31) && bytes[from + 8] === SP;
};

const statusAt = (bytes: Buffer, at: number): number => {
  let status = 0;
  for (let place = at; place < at + 3; place++) {
    const digit = (bytes[place] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    status = status * 10 + digit;
  }
  return status;
};

/** What is wrong with the lines, if anything is. A folded line begins with a blank, which no name does. */
const readLines = (draft: Draft, bytes: Buffer, from: number, linesAt: number, end: number): string | undefined => {
  const text = bytes.toString('latin1', from, end);
  const { headers } = draft;
  let at = linesAt;
  while (at < end) {
    const nameEnd = skip(bytes, at, TOKEN);
    if (nameEnd === at || bytes[nameEnd] !== COLON) return 'a header name is not a token';
    const valueAt = skip(bytes, nameEnd + 1, BLANK);
    const lineEnd = skip(bytes, valueAt, FIELD);
    if (bytes[lineEnd] !== CR || bytes[lineEnd + 1] !== LF) return 'a header value has an octet that is not allowed';
    if (headers.length === 2 * LINES_MAX) return `the head has more than ${LINES_MAX} lines`;
    const name = text.slice(at - from, nameEnd - from);
    const value = text.slice(valueAt - from, trimmedEnd(bytes, valueAt, lineEnd) - from);
    headers.push(name, value);
    if (isNoted(name.length)) {
      const fault = notes.get(name.toLowerCase())?.(draft, value, text.slice(nameEnd + 1 - from, lineEnd - from));
      if (fault !== undefined) return fault;
    }
    at = lineEnd + 2;
  }
  return undefined;
};

const trimmedEnd = (bytes: Buffer, valueAt: number, lineEnd: number): number => {
  let end = lineEnd;
  while (end > valueAt && isA(BLANK, bytes[end - 1] ?? 0)) end -= 1;
  return end;
};

/** `raw` is the value with the blanks around it. */
type Note = (draft: Draft, value: string, raw: string) => string | undefined;

/** Names that say how an answer is read. */
const notes: ReadonlyMap<string, Note> = new Map<string, Note>([
  [
    'content-length',
    (draft, value, raw) => {
      // The same length twice too: RFC 9112, 6.3 permits to refuse it, and nobody honest sends it.
      if (draft.contentLength !== -1) return 'Content-Length is repeated';
      draft.contentLength = isPadded(value, raw) ? -1 : decimal(value);
      return draft.contentLength === -1 ? 'Content-Length is not a number of bytes' : undefined;
    },
  ],
  [
    'transfer-encoding',
    (draft, value, raw) => {
      // A list, on one line or on several, would pass on as content what is still encoded (RFC 9112, 6.1).
      const isKnown = value.toLowerCase() === 'chunked' && !isPadded(value, raw);
      if (draft.isChunked || !isKnown) return 'a transfer encoding other than chunked';
      draft.isChunked = true;
      return undefined;
    },
  ],
  [
    'connection',
    (draft, value) => {
      draft.connection = draft.connection === '' ? value : `${draft.connection},${value}`;
      return undefined;
    },
  ],
  [
    'keep-alive',
    (draft, value) => {
      draft.keepAlive = draft.keepAlive === '' ? value : `${draft.keepAlive},${value}`;
      return undefined;
    },
  ],
  [
    'content-type',
    (draft, value) => {
      draft.isEventStream = value.slice(0, 17).toLowerCase() === 'text/event-stream';
      return undefined;
    },
  ],
]);

/** Tabs, and blanks behind the value, are allowed; but llhttp does not know `chunked` with a tab behind it. */
const isPadded = (value: string, raw: string): boolean => !raw.endsWith(value) || raw.includes('\t');

const notedLengths: ReadonlySet<number> = new Set(Array.from(notes.keys(), (name) => name.length));
const isNoted = (length: number): boolean => notedLengths.has(length);

const framingFault = (head: AnswerHead): string | undefined => {
  const { status, isHttp10, isChunked, contentLength } = head;
  if (isChunked && contentLength !== -1) return 'both a length and chunks';
  if (isChunked && isHttp10) return 'chunks over HTTP/1.0';
  return status >= 200 || isInformational(head) ? undefined : 'an informational answer that is more than that';
};

/** RFC 9110, 15.2: never to a client of HTTP/1.0, without a body, not the last; and nobody asks for an upgrade here. */
const isInformational = ({ status, isHttp10, isChunked, contentLength, connection }: AnswerHead): boolean =>
  status !== 101 && !isHttp10 && !isChunked && contentLength === -1 && !saysClose(connection);

export const saysClose = (connection: string): boolean => {
  if (connection === '' || connection === 'keep-alive') return false;
  return connection.split(',').some((option) => option.trim().toLowerCase() === 'close');
};
