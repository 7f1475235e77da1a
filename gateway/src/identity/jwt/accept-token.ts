import type { Issuer } from './issuer.ts';
import { judgeClaims, judgeHeader } from './judge-token.ts';
import type { Signed } from './judge-token.ts';
import type { KeySource } from './key-source.ts';
import { profileIn } from './profile.ts';
import type { TokenRead } from './read-token.ts';
import type { Vouched } from './vouched.ts';

export type TrustedIssuer = { readonly issuer: Issuer; readonly keys: KeySource };

/** What holds if the signature does. */
export type Acceptable = {
  readonly signed: Signed;
  readonly keys: KeySource;
  readonly vouched: Vouched;
  readonly expiresAtMs: number;
};

/**
 * Everything that can be judged before a key is needed, so that noise costs neither a fetch nor a verification.
 * Undefined when the token is not acceptable, whoever signed it.
 */
export const acceptToken = (
  { header, claims }: Extract<TokenRead, { kind: 'token' }>,
  trusted: ReadonlyMap<string, TrustedIssuer>,
  nowMs: number,
): Acceptable | undefined => {
  const from = typeof claims['iss'] === 'string' ? trusted.get(claims['iss']) : undefined;
  if (from === undefined) return undefined;
  const { issuer, keys } = from;
  const signed = judgeHeader(header, issuer);
  const stated = judgeClaims(claims, issuer, nowMs);
  if (signed === undefined || stated === undefined) return undefined;
  const profile = issuer.provision ? profileIn(claims, issuer.claims) : undefined;
  return { signed, keys, vouched: { issuer, subject: stated.subject, profile }, expiresAtMs: stated.expiresAtMs };
};
