/** Where a piece of JSON text ends, piece by piece: RFC 8259, sections 2, 3, 6 and 7. Every function answers -1 for what is none. */

export const quote = 0x22;
const backslash = 0x5c;
const minus = 0x2d;
const dot = 0x2e;
const zero = 0x30;
const nine = 0x39;

/** Bytes that stand for themselves inside a string. That bytes from 0x80 form UTF-8 is established beforehand. */
const isPlain = new Uint8Array(256).fill(1, 0x20);
isPlain[quote] = 0;
isPlain[backslash] = 0;

const isBlank = new Uint8Array(256);
for (const blank of Buffer.from(' \n\r\t')) isBlank[blank] = 1;

const simpleEscapes: ReadonlySet<number> = new Set(Buffer.from('"\\/bfnrt'));

/** The first byte at or behind `at` that is no blank. */
export const skipBlanks = (bytes: Buffer, at: number): number => {
  const { length } = bytes;
  let next = at;
  while (next < length && isBlank[bytes[next] as number] === 1) next += 1;
  return next;
};

/** The first byte at or behind `at` that is the end of a string, an escape, or has no business in a string. */
export const plainEnd = (bytes: Buffer, at: number): number => {
  const { length } = bytes;
  let next = at;
  while (next < length && isPlain[bytes[next] as number] === 1) next += 1;
  return next;
};

/** `at` is behind the opening quote, the answer behind the closing one. */
export const stringEnd = (bytes: Buffer, at: number): number => {
  let next = plainEnd(bytes, at);
  while (bytes[next] === backslash) {
    const end = escapeEnd(bytes, next + 1);
    if (end < 0) return -1;
    next = plainEnd(bytes, end);
  }
  return bytes[next] === quote ? next + 1 : -1;
};

const escapeEnd = (bytes: Buffer, at: number): number => {
  const code = bytes[at];
  if (code === undefined) return -1;
  if (simpleEscapes.has(code)) return at + 1;
  if (code !== 0x75) return -1;
  for (let next = at + 1; next <= at + 4; next++) if (!isHex(bytes[next])) return -1;
  return at + 5;
};

const isHex = (code: number | undefined): boolean => {
  if (code === undefined) return false;
  const lower = code | 0x20;
  return isDigit(code) || (lower >= 0x61 && lower <= 0x66);
};

const isDigit = (code: number | undefined): boolean => code !== undefined && code >= zero && code <= nine;

export const numberEnd = (bytes: Buffer, at: number): number => {
  const whole = bytes[at] === minus ? at + 1 : at;
  let next = bytes[whole] === zero ? whole + 1 : digitsEnd(bytes, whole);
  if (next >= 0 && bytes[next] === dot) next = digitsEnd(bytes, next + 1);
  if (next < 0 || !isExponent(bytes[next])) return next;
  const sign = bytes[next + 1];
  return digitsEnd(bytes, sign === 0x2b || sign === minus ? next + 2 : next + 1);
};

const isExponent = (code: number | undefined): boolean => code === 0x65 || code === 0x45;

const digitsEnd = (bytes: Buffer, at: number): number => {
  let next = at;
  while (isDigit(bytes[next])) next += 1;
  return next === at ? -1 : next;
};

/** `text` is `true`, `false` or `null`. */
export const literalEnd = (bytes: Buffer, at: number, text: string): number => {
  for (let index = 0; index < text.length; index++) if (bytes[at + index] !== text.charCodeAt(index)) return -1;
  return at + text.length;
};
