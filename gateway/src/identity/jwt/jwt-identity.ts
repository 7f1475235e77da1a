import { hash } from 'node:crypto';
import type { Awaitable } from '@gatehouse/policies/engine/engine';
import type { Principal } from '@gatehouse/policies/principal';
import { andThen } from '@gatehouse/policies/routes/awaitable';
import type { Clock } from '../../clock.ts';
import type { Identified, Identify } from '../identity.ts';
import { acceptToken } from './accept-token.ts';
import type { TrustedIssuer } from './accept-token.ts';
import { readToken } from './read-token.ts';
import { verifiedTokens } from './verified-tokens.ts';
import type { TokensMax, Verified } from './verified-tokens.ts';
import type { Vouched } from './vouched.ts';

/** The person that this is, made if the issuer's people may be made; undefined when there is none who may act. */
export type FindVouched = (vouched: Vouched) => Awaitable<Principal | undefined>;

type Parts = {
  readonly issuers: readonly TrustedIssuer[];
  readonly findPerson: FindVouched;
  readonly clock: Clock;
  readonly entriesMax?: TokensMax;
};

const notMine: Identified = { kind: 'not-mine' };
const invalid: Identified = { kind: 'invalid', reason: 'invalid_credential' };

/**
 * Resolves JWTs of the configured issuers (RFC 7519, with the rules of RFC 8725). A token is verified once and then known
 * by its SHA-256, until it expires, its key is taken back or ten minutes have passed; asked again meanwhile, the answer
 * comes without a promise. Rejects when keys or person cannot be looked up.
 */
export const jwtIdentity = ({
  issuers,
  findPerson,
  clock,
  entriesMax = { verified: 20_000, forged: 5_000 },
}: Parts): Identify => {
  const trusted = new Map(issuers.map((one) => [one.issuer.issuer, one]));
  const tokens = verifiedTokens(entriesMax, clock.monotonicMs);

  const identified = (verified: Verified | undefined): Awaitable<Identified> =>
    verified === undefined || verified.expiresAtMs <= clock.wallMs()
      ? invalid
      : andThen(findPerson(verified.vouched), (principal) =>
          principal === undefined ? invalid : { kind: 'principal', principal },
        );

  return (bearer) => {
    const digest = hash('sha256', bearer, 'binary');
    const known = tokens.get(digest);
    if (known !== undefined) return identified(known);
    const token = readToken(bearer);
    switch (token.kind) {
      case 'other':
        return notMine;
      case 'broken':
        return invalid;
      case 'token': {
        const acceptable = tokens.isForged(digest) ? undefined : acceptToken(token, trusted, clock.wallMs());
        return acceptable === undefined ? invalid : tokens.verify(bearer, digest, acceptable).then(identified);
      }
    }
  };
};
