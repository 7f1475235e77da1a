import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Principal } from '@gatehouse/policies/principal';
import type { Clock } from '../clock.ts';
import { cache } from '../cache.ts';
import type { DerivedKey } from '../secret.ts';
import type { Identified, Identify } from './identity.ts';
import { isTokenText } from './token-text.ts';

/** A stored token with whom it stands for. `hash` is HMAC-SHA-256 of the token's text under the key `keyId`. */
export type StoredToken = {
  readonly hash: Uint8Array;
  readonly expiresAt: Date;
  readonly revokedAt: Date | null;
  readonly principal: Principal;
};

/** The stored token with one of these hashes, its owner being able to sign in; undefined when there is none. */
export type FindToken = (hashes: readonly Uint8Array[]) => Promise<StoredToken | undefined>;

type Parts = { readonly keys: readonly DerivedKey[]; readonly find: FindToken; readonly clock: Clock };

/** Bounds what an attacker with made-up tokens can occupy. */
const entriesMax = 20_000;
/** How long a token that was found is believed without asking again. */
const ageMsMax = 2_000;

const invalid: Identified = { kind: 'invalid', reason: 'invalid_credential' };

/**
 * Resolves `gth_` tokens. The text itself is never stored, compared or used as a key: memory goes by its SHA-256, the
 * database by its keyed hash, so neither a copy of the database nor the time an answer takes tells anything about a token.
 */
export const apiTokenIdentity = ({ keys, find, clock }: Parts): Identify => {
  const tokens = cache<StoredToken | undefined>({ entriesMax, ageMsMax, now: clock.monotonicMs });

  const judge = (token: StoredToken | undefined): Identified => {
    if (token === undefined || token.revokedAt !== null || token.expiresAt.getTime() <= clock.wallMs()) return invalid;
    return { kind: 'principal', principal: token.principal };
  };

  return (bearer) => {
    if (!bearer.startsWith('gth_')) return { kind: 'not-mine' };
    const digest = hash('sha256', bearer, 'binary');
    const known = tokens.get(digest);
    if (known !== undefined) return judge(known.value);
    // Only complete tokens are looked up and remembered: noise costs neither a query nor memory.
    if (!isTokenText(bearer)) return invalid;
    const found = tokens.find(digest, () => stored(bearer, keys, find));
    return found instanceof Promise ? found.then(judge) : judge(found);
  };
};

/** A token is stored under one of the keys: the newest, or an older one while that secret is still listed. */
const stored = async (text: string, keys: readonly DerivedKey[], find: FindToken): Promise<StoredToken | undefined> => {
  const hashes = keys.map(({ key }) => keyedHash(key, text));
  const token = await find(hashes);
  return token !== undefined && hashes.some((one) => timingSafeEqual(token.hash, one)) ? token : undefined;
};

/** What is stored for a token: its hash under the newest key, and which key that was. */
export const hashedToken = ([newest]: readonly DerivedKey[], text: string): { hash: Buffer; keyId: string } => {
  if (newest === undefined) throw new Error('there is no key to hash tokens with');
  return { hash: keyedHash(newest.key, text), keyId: newest.id };
};

const keyedHash = (key: KeyObject, text: string): Buffer => createHmac('sha256', key).update(text).digest();
