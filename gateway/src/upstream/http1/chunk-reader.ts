import { COLON, CR, FIELD, LF, TOKEN, isA } from './octets.ts';

/** What comes next. */
export type ChunkState =
  | 'size'
  | 'size-more'
  | 'extension-name'
  | 'extension-name-more'
  | 'extension-value'
  | 'extension-value-more'
  | 'extension-quoted'
  | 'extension-escaped'
  | 'extension-end'
  | 'size-lf'
  | 'data'
  | 'data-cr'
  | 'data-lf'
  | 'trailer'
  | 'trailer-name'
  | 'trailer-value'
  | 'trailer-lf'
  | 'last-lf'
  | 'done'
  | 'broken';

/** The inside of one chunked body (RFC 9112, 7.1), as far as it came. */
export type ChunkReader = {
  state: ChunkState;
  /** Octets of the chunk that are still to come. */
  left: number;
  sizeDigits: number;
  /** Octets beside the data that a sender can stretch: extensions and trailers. */
  asideBytes: number;
  dataBytes: number;
  /** Data found by the last reading. */
  data: Buffer;
  dataLength: number;
};

/** 2^52 bytes; more digits, leading zeros included, are nobody's chunk. */
const SIZE_DIGITS_MAX = 13;
/** Of extensions beyond the bytes of data so far, and of trailers: a body of nothing else is an attack. */
const ASIDE_BYTES_MAX = 16 * 1024;

const none = Buffer.alloc(0);

export const chunkReader = (): ChunkReader => ({
  state: 'size',
  left: 0,
  sizeDigits: 0,
  asideBytes: 0,
  dataBytes: 0,
  data: none,
  dataLength: 0,
});

export const resetChunks = (reader: ChunkReader): void => {
  reader.state = 'size';
  reader.left = 0;
  reader.sizeDigits = 0;
  reader.asideBytes = 0;
  reader.dataBytes = 0;
};

/**
 * Reads on in `bytes` from `from` to `to` and gives back where it stopped: at `to`, behind the body (`done`), or at an
 * octet that cannot be (`broken`). The data, copied and in one piece, is in `takeData`. Extensions and trailers are
 * dropped: nothing that a trailer says reaches anybody.
 */
export const readChunks = (reader: ChunkReader, bytes: Buffer, from: number, to: number): number => {
  let at = from;
  while (at < to) {
    if (reader.state === 'data') {
      at += copyData(reader, bytes, at, to);
      continue;
    }
    reader.state = steps[reader.state](reader, bytes[at] ?? 0);
    if (reader.state === 'broken') return at;
    at += 1;
    if (reader.state === 'done') return at;
  }
  return at;
};

/** The data that the last reading found, once. */
export const takeData = (reader: ChunkReader): Buffer => {
  const data = reader.dataLength === 0 ? none : reader.data.subarray(0, reader.dataLength);
  reader.data = none;
  reader.dataLength = 0;
  return data;
};

const copyData = (reader: ChunkReader, bytes: Buffer, at: number, to: number): number => {
  const length = Math.min(reader.left, to - at);
  if (reader.dataLength === 0) reader.data = Buffer.allocUnsafe(to - at);
  bytes.copy(reader.data, reader.dataLength, at, at + length);
  reader.dataLength += length;
  reader.dataBytes += length;
  reader.left -= length;
  if (reader.left === 0) reader.state = 'data-cr';
  return length;
};

type Step = (reader: ChunkReader, octet: number) => ChunkState;

const SEMICOLON = 0x3b;
const EQUALS = 0x3d;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

const exactly =
  (expected: number, next: ChunkState): Step =>
  (_reader, octet) =>
    octet === expected ? next : 'broken';

/** An octet of the stretchable part, counted. */
const aside = (reader: ChunkReader, next: ChunkState): ChunkState => {
  reader.asideBytes += 1;
  return reader.asideBytes > ASIDE_BYTES_MAX + reader.dataBytes ? 'broken' : next;
};

const addDigit = (reader: ChunkReader, octet: number): ChunkState => {
  const digit = hexDigit(octet);
  if (digit === -1 || reader.sizeDigits === SIZE_DIGITS_MAX) return 'broken';
  reader.sizeDigits += 1;
  reader.left = reader.left * 16 + digit;
  return 'size-more';
};

const hexDigit = (octet: number): number => {
  if (octet >= 0x30 && octet <= 0x39) return octet - 0x30;
  const lower = octet | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
};

const beforeLineEnd = (reader: ChunkReader, octet: number): ChunkState => {
  if (octet === CR) return 'size-lf';
  return octet === SEMICOLON ? aside(reader, 'extension-name') : 'broken';
};

const steps: { readonly [State in Exclude<ChunkState, 'data'>]: Step } = {
  size: (reader, octet) => {
    reader.left = 0;
    reader.sizeDigits = 0;
    return addDigit(reader, octet);
  },
  'size-more': (reader, octet) =>
    octet === CR || octet === SEMICOLON ? beforeLineEnd(reader, octet) : addDigit(reader, octet),
  'extension-name': (reader, octet) => (isA(TOKEN, octet) ? aside(reader, 'extension-name-more') : 'broken'),
  'extension-name-more': (reader, octet) => {
    if (isA(TOKEN, octet)) return aside(reader, 'extension-name-more');
    return octet === EQUALS ? aside(reader, 'extension-value') : beforeLineEnd(reader, octet);
  },
  'extension-value': (reader, octet) => {
    if (octet === QUOTE) return aside(reader, 'extension-quoted');
    return isA(TOKEN, octet) ? aside(reader, 'extension-value-more') : 'broken';
  },
  'extension-value-more': (reader, octet) =>
    isA(TOKEN, octet) ? aside(reader, 'extension-value-more') : beforeLineEnd(reader, octet),
  'extension-quoted': (reader, octet) => {
    if (octet === QUOTE) return aside(reader, 'extension-end');
    if (octet === BACKSLASH) return aside(reader, 'extension-escaped');
    return isA(FIELD, octet) ? aside(reader, 'extension-quoted') : 'broken';
  },
  'extension-escaped': (reader, octet) => (isA(FIELD, octet) ? aside(reader, 'extension-quoted') : 'broken'),
  'extension-end': beforeLineEnd,
  'size-lf': (reader, octet) => {
    if (octet !== LF) return 'broken';
    if (reader.left > 0) return 'data';
    // However much data there was, the trailers have their own bound.
    reader.asideBytes = 0;
    reader.dataBytes = 0;
    return 'trailer';
  },
  'data-cr': exactly(CR, 'data-lf'),
  'data-lf': exactly(LF, 'size'),
  trailer: (reader, octet) => {
    if (octet === CR) return 'last-lf';
    return isA(TOKEN, octet) ? aside(reader, 'trailer-name') : 'broken';
  },
  'trailer-name': (reader, octet) => {
    if (isA(TOKEN, octet)) return aside(reader, 'trailer-name');
    return octet === COLON ? aside(reader, 'trailer-value') : 'broken';
  },
  'trailer-value': (reader, octet) => {
    if (octet === CR) return aside(reader, 'trailer-lf');
    return isA(FIELD, octet) ? aside(reader, 'trailer-value') : 'broken';
  },
  'trailer-lf': exactly(LF, 'trailer'),
  'last-lf': exactly(LF, 'done'),
  done: () => 'broken',
  broken: () => 'broken',
};
