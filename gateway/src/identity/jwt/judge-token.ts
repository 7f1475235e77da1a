import { isAlgorithm } from './issuer.ts';
import type { Algorithm, Issuer } from './issuer.ts';
import type { JsonObject } from './read-token.ts';

/** What the header asks for, as far as an issuer's tokens may. */
export type Signed = { readonly algorithm: Algorithm; readonly keyId: string | undefined };

/** Who the token stands for, and until when. */
export type Stated = { readonly subject: string; readonly expiresAtMs: number };

/**
 * The header of an acceptable token, or undefined. Keys that it brings along or points to (`jwk`, `jku`, `x5c`, `x5u`)
 * are never looked at: RFC 8725, 3.10. No extension is understood here, so `crit` refuses (RFC 7515, 4.1.11).
 */
export const judgeHeader = (header: JsonObject, { algorithms }: Issuer): Signed | undefined => {
  const { alg, kid, typ, crit } = header;
  if (typeof alg !== 'string' || !isAlgorithm(alg) || !algorithms.includes(alg)) return undefined;
  if (kid !== undefined && (typeof kid !== 'string' || kid.length > keyIdLengthMax)) return undefined;
  if (crit !== undefined || !isTokenType(typ)) return undefined;
  return { algorithm: alg, keyId: kid };
};

export const keyIdLengthMax = 256;

/** RFC 8725, 3.11: a token made for something else (`logout+jwt`, `dpop+jwt`) is none that a caller may show. */
const isTokenType = (typ: unknown): boolean =>
  typ === undefined || (typeof typ === 'string' && /^(application\/)?(at\+)?jwt$/i.test(typ));

/** The claims of a token of this issuer, or undefined when they do not hold at `nowMs`. */
export const judgeClaims = (claims: JsonObject, issuer: Issuer, nowMs: number): Stated | undefined => {
  const { iss, aud, sub, exp, nbf, iat } = claims;
  if (iss !== issuer.issuer || !isFor(aud, issuer.audiences)) return undefined;
  if (typeof sub !== 'string' || !subjectForm.test(sub)) return undefined;
  const expires = timeOf(exp);
  if (expires === undefined) return undefined;
  const earliestMs = nowMs + issuer.clockSkewMs;
  if (!hasBegun(nbf, earliestMs) || !hasBegun(iat, earliestMs)) return undefined;
  const expiresAtMs = expires + issuer.clockSkewMs;
  return nowMs < expiresAtMs ? { subject: sub, expiresAtMs } : undefined;
};

/** What can stand in a log, a key and a table without meaning anything there. */
const subjectForm = /^[A-Za-z0-9._|@-]{1,128}$/;

const isFor = (aud: unknown, audiences: readonly string[]): boolean =>
  Array.isArray(aud)
    ? aud.every((one) => typeof one === 'string') && aud.some((one) => audiences.includes(one))
    : typeof aud === 'string' && audiences.includes(aud);

/** The end of the year 9999. What lies behind it was counted in milliseconds and would hold for ever. */
const secondsMax = 253_402_300_799;

/** NumericDate (RFC 7519, 2): seconds since 1970, also with a fraction. */
const timeOf = (value: unknown): number | undefined =>
  typeof value === 'number' && value >= 0 && value <= secondsMax ? value * 1_000 : undefined;

/** `nbf` and `iat` may be absent; one that is there has to be a time, and not lie ahead. */
const hasBegun = (value: unknown, earliestMs: number): boolean => {
  if (value === undefined) return true;
  const time = timeOf(value);
  return time !== undefined && time <= earliestMs;
};
