import { hash } from 'node:crypto';
import { compactVerify, errors } from 'jose';
import type { Awaitable } from '@gatehouse/policies/engine/engine';
import type { Principal } from '@gatehouse/policies/principal';
import { andThen } from '@gatehouse/policies/routes/awaitable';
import type { Clock } from '../../clock.ts';
import type { Identified, Identify } from '../identity.ts';
import type { Issuer } from './issuer.ts';
import { judgeClaims, judgeHeader } from './judge-token.ts';
import type { Signed } from './judge-token.ts';
import type { KeySource } from './key-source.ts';
import { profileIn } from './profile.ts';
import type { Profile } from './profile.ts';
import { readToken } from './read-token.ts';
import type { TokenRead } from './read-token.ts';
import { remembered } from './remembered.ts';

/** Somebody whom an issuer vouches for. `profile` is there when the issuer's people may be made. */
export type Vouched = {
  readonly issuer: Issuer;
  readonly subject: string;
  readonly profile: Profile | undefined;
};

/** The person that this is, made if the issuer's people may be made; undefined when there is none who may act. */
export type FindVouched = (vouched: Vouched) => Awaitable<Principal | undefined>;

export type TrustedIssuer = { readonly issuer: Issuer; readonly keys: KeySource };

type Parts = {
  readonly issuers: readonly TrustedIssuer[];
  readonly findPerson: FindVouched;
  readonly clock: Clock;
};

/** A token whose signature was found good. */
type Verified = {
  readonly vouched: Vouched;
  readonly keys: KeySource;
  readonly keyId: string;
  readonly expiresAtMs: number;
};

const minuteMs = 60_000;
const verifiedBounds = { entriesMax: 20_000, ageMsMax: 10 * minuteMs };
/** Wrong signatures have a table of their own: made-up tokens never push a good one out. */
const forgedBounds = { entriesMax: 5_000, ageMsMax: 30_000 };

const notMine: Identified = { kind: 'not-mine' };
const invalid: Identified = { kind: 'invalid', reason: 'invalid_credential' };

/**
 * Resolves JWTs of the configured issuers (RFC 7519, with the rules of RFC 8725). A token is verified once and then known
 * by its SHA-256, until it expires, its key is taken back or ten minutes have passed; asked again meanwhile, the answer
 * comes without a promise. Rejects when keys or person cannot be looked up.
 */
export const jwtIdentity = ({ issuers, findPerson, clock }: Parts): Identify => {
  const trusted = new Map(issuers.map((one) => [one.issuer.issuer, one]));
  const verified = remembered<Verified>({ ...verifiedBounds, now: clock.monotonicMs });
  const forged = remembered<true>({ ...forgedBounds, now: clock.monotonicMs });
  const running = new Map<string, Promise<Verified | undefined>>();

  const personOf = (found: Verified | undefined): Awaitable<Identified> =>
    found === undefined || found.expiresAtMs <= clock.wallMs()
      ? invalid
      : andThen(findPerson(found.vouched), (principal) =>
          principal === undefined ? invalid : { kind: 'principal', principal },
        );

  const verify = async (text: string, digest: string, token: Acceptable): Promise<Verified | undefined> => {
    const { signed, keys, vouched, expiresAtMs } = token;
    const key = await keys.find(signed.algorithm, signed.keyId);
    if (key === undefined) return undefined;
    if (!(await isSignedBy(text, key.key, signed))) {
      forged.set(digest, true);
      return undefined;
    }
    const found = { vouched, keys, keyId: key.id, expiresAtMs };
    verified.set(digest, found);
    return found;
  };

  const verifyOnce = (text: string, digest: string, token: Acceptable): Promise<Verified | undefined> => {
    const flight = running.get(digest) ?? verify(text, digest, token).finally(() => running.delete(digest));
    running.set(digest, flight);
    return flight;
  };

  return (bearer) => {
    const digest = hash('sha256', bearer, 'binary');
    const known = verified.get(digest);
    if (known?.keys.holds(known.keyId) === true) return personOf(known);
    const token = readToken(bearer);
    switch (token.kind) {
      case 'other':
        return notMine;
      case 'broken':
        return invalid;
      case 'token': {
        const acceptable = forged.get(digest) === true ? undefined : accept(token, trusted, clock.wallMs());
        return acceptable === undefined ? invalid : verifyOnce(bearer, digest, acceptable).then(personOf);
      }
    }
  };
};

/** What holds if the signature does: everything that can be judged before a key is needed, so that noise costs neither a fetch nor a verification. */
type Acceptable = {
  readonly signed: Signed;
  readonly keys: KeySource;
  readonly vouched: Vouched;
  readonly expiresAtMs: number;
};

const accept = (
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

const isSignedBy = async (
  text: string,
  key: Parameters<typeof compactVerify>[1],
  { algorithm }: Signed,
): Promise<boolean> => {
  try {
    await compactVerify(text, key, { algorithms: [algorithm] });
    return true;
  } catch (error) {
    if (error instanceof errors.JOSEError) return false;
    throw error;
  }
};
