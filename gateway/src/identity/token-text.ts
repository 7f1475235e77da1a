import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const secretLength = 43;
const checkLength = 6;
const shape = /^gth_(pat|org|enr)_[0-9A-Za-z]{49}$/;

/** `pat` personal, `org` service account, `enr` enrolment. */
export type TokenKind = 'pat' | 'org' | 'enr';

/** `gth_<kind>_`, 43 characters of base62 (256 bits) and 6 of CRC32, so that a scanner can tell a token from noise. */
export const tokenText = (kind: TokenKind, entropy: Uint8Array = randomBytes(32)): string => {
  const body = `gth_${kind}_${base62(BigInt(`0x${Buffer.from(entropy).toString('hex')}`), secretLength)}`;
  return body + checksum(body);
};

/** True when the text is complete and its checksum holds. Says nothing about whether such a token exists. */
export const isTokenText = (text: string): boolean =>
  shape.test(text) && checksum(text.slice(0, -checkLength)) === text.slice(-checkLength);

const checksum = (body: string): string => base62(BigInt(crc32(body)), checkLength);

const base62 = (value: bigint, length: number): string => {
  let rest = value;
  let text = '';
  for (let index = 0; index < length; index += 1) {
    text = alphabet[Number(rest % 62n)] + text;
    rest /= 62n;
  }
  return text;
};
