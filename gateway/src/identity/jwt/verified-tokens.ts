import { compactVerify, errors } from 'jose';
import { remembered } from './remembered.ts';
import type { Acceptable } from './accept-token.ts';
import type { KeySource } from './key-source.ts';
import type { VerificationKey } from './key-set.ts';
import type { Vouched } from './vouched.ts';

/** A token whose signature is good. It still has to be young enough. */
export type Verified = { readonly vouched: Vouched; readonly expiresAtMs: number };

export type VerifiedTokens = {
  /** Found good before, with a key that is still published. */
  readonly get: (digest: string) => Verified | undefined;
  /** Found to have a wrong signature a short while ago. */
  readonly isForged: (digest: string) => boolean;
  /** Undefined when the signature is not good. Rejects when the issuer's keys cannot be had; that is not remembered. */
  readonly verify: (text: string, digest: string, token: Acceptable) => Promise<Verified | undefined>;
};

/** How many tokens are remembered as good, and how many as forged. */
export type TokensMax = { readonly verified: number; readonly forged: number };

const minuteMs = 60_000;
const verifiedMsMax = 10 * minuteMs;
const forgedMsMax = minuteMs / 2;

type Entry = Verified & { readonly keys: KeySource; readonly keyId: string };

/** Verifies each token once. `digest` is a hash of its text: two texts never share one. */
export const verifiedTokens = (entriesMax: TokensMax, now: () => number): VerifiedTokens => {
  const good = remembered<Entry>({ entriesMax: entriesMax.verified, ageMsMax: verifiedMsMax, now });
  // A table of their own: made-up tokens never push a good one out.
  const forged = remembered<true>({ entriesMax: entriesMax.forged, ageMsMax: forgedMsMax, now });
  const running = new Map<string, Promise<Verified | undefined>>();

  const verifyNow = async (text: string, digest: string, token: Acceptable): Promise<Verified | undefined> => {
    const { signed, keys, vouched, expiresAtMs } = token;
    const key = await keys.find(signed.algorithm, signed.keyId);
    if (key === undefined) return undefined;
    if (!(await isSignedWith(key, text))) {
      forged.set(digest, true);
      return undefined;
    }
    const entry = { vouched, expiresAtMs, keys, keyId: key.id };
    good.set(digest, entry);
    return entry;
  };

  return {
    get: (digest) => {
      const entry = good.get(digest);
      return entry?.keys.holds(entry.keyId) === true ? entry : undefined;
    },
    isForged: (digest) => forged.get(digest) === true,
    verify: (text, digest, token) => {
      const flight = running.get(digest) ?? verifyNow(text, digest, token).finally(() => running.delete(digest));
      running.set(digest, flight);
      return flight;
    },
  };
};

const isSignedWith = async ({ key, algorithm }: VerificationKey, text: string): Promise<boolean> => {
  try {
    await compactVerify(text, key, { algorithms: [algorithm] });
    return true;
  } catch (error) {
    if (error instanceof errors.JOSEError) return false;
    throw error;
  }
};
