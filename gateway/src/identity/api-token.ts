import { createHmac, timingSafeEqual } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Principal } from '@gatehouse/policies/principal';
import type { Clock } from '../clock.ts';
import { remembered } from '../remembered.ts';
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
/** HMAC-SHA-256, one character a byte. */
const digestLength = 32;

const invalid: Identified = { kind: 'invalid', reason: 'invalid_credential' };

/**
 * Resolves `gth_` tokens. The text itself is never stored, compared or used as a key in memory: everything goes by its
 * keyed hash, so neither a copy of the database nor the time an answer takes tells anything about a token.
 */
export const apiTokens = ({ keys, find, clock }: Parts): Identify => {
  const stored = remembered((digests) => firstFound(digests, find), { entriesMax, ageMsMax, now: clock.monotonicMs });

  const judge = (token: StoredToken | undefined): Identified => {
    if (token === undefined || token.revokedAt !== null || token.expiresAt.getTime() <= clock.wallMs()) return invalid;
    return { kind: 'principal', principal: token.principal };
  };

  return (bearer) => {
    if (!bearer.startsWith('gth_')) return { kind: 'not-mine' };
    if (!isTokenText(bearer)) return invalid;
    const found = stored(keys.map(({ key }) => digestOf(key, bearer)).join(''));
    return found instanceof Promise ? found.then(judge) : judge(found);
  };
};

/** What is stored for a token: its hash under the newest key, and which key that was. */
export const hashedToken = ([newest]: readonly DerivedKey[], text: string): { hash: Buffer; keyId: string } => {
  if (newest === undefined) throw new Error('there is no key to hash tokens with');
  return { hash: Buffer.from(digestOf(newest.key, text), 'latin1'), keyId: newest.id };
};

const digestOf = (key: KeyObject, text: string): string => createHmac('sha256', key).update(text).digest('binary');

/** The digests under all keys stand one behind the other, newest first; a token is stored under one of them. */
const firstFound = async (digests: string, find: FindToken): Promise<StoredToken | undefined> => {
  const hashes = Array.from({ length: digests.length / digestLength }, (_, index) =>
    Buffer.from(digests.slice(index * digestLength, (index + 1) * digestLength), 'latin1'),
  );
  const token = await find(hashes);
  return token !== undefined && hashes.some((hash) => timingSafeEqual(token.hash, hash)) ? token : undefined;
};
