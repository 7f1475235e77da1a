export const HTAB = 0x09;
export const LF = 0x0a;
export const CR = 0x0d;
export const SP = 0x20;
export const COLON = 0x3a;

/** What an octet may be part of, as bits: RFC 9110, 5.6.2 (token), 5.5 (field-value), 5.6.3 (OWS); RFC 9112, 3.2. */
export const TOKEN = 1;
export const FIELD = 2;
export const BLANK = 4;
export const TARGET = 8;

const classes = ((): Uint8Array => {
  const table = new Uint8Array(256);
  const mark = (bit: number, octets: Iterable<number>): void => {
    for (const octet of octets) table[octet] = (table[octet] ?? 0) | bit;
  };
  const range = (first: number, last: number): number[] =>
    Array.from({ length: last - first + 1 }, (_, at) => first + at);
  const signs = Array.from("!#$%&'*+-.^_`|~", (sign) => sign.charCodeAt(0));
  mark(TOKEN, [...range(0x30, 0x39), ...range(0x41, 0x5a), ...range(0x61, 0x7a), ...signs]);
  mark(FIELD, [HTAB, ...range(SP, 0x7e), ...range(0x80, 0xff)]);
  mark(BLANK, [HTAB, SP]);
  mark(TARGET, range(0x21, 0x7e));
  return table;
})();

export const isA = (bit: number, octet: number): boolean => ((classes[octet] ?? 0) & bit) !== 0;

/** The first place at or after `at` whose octet is not of the class. Ends at the latest behind the last octet. */
export const skip = (bytes: Uint8Array, at: number, bit: number): number => {
  let end = at;
  while (((classes[bytes[end] ?? 0] ?? 0) & bit) !== 0) end += 1;
  return end;
};

/** Whether a text has characters of one class only; a character over 0xff is of none. */
export const consistsOf = (text: string, bit: number): boolean => {
  for (let at = 0; at < text.length; at++) {
    if (((classes[text.charCodeAt(at)] ?? 0) & bit) === 0) return false;
  }
  return true;
};

/** No number that is counted in has more digits, leading zeros included. */
const DIGITS_MAX = 16;

/** `1*DIGIT` and nothing else, up to 2^53 - 1; -1 when it is not that. */
export const decimal = (text: string): number => {
  if (text.length === 0 || text.length > DIGITS_MAX) return -1;
  let value = 0;
  for (let at = 0; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value <= Number.MAX_SAFE_INTEGER ? value : -1;
};
