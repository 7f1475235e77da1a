import { calculateJwkThumbprint, importJWK } from 'jose';
import type { CryptoKey, JWK } from 'jose';
import { z } from 'zod';
import { algorithms } from './issuer.ts';
import type { Algorithm } from './issuer.ts';
import { keyIdLengthMax } from './judge-token.ts';

/** A public key for one algorithm. `id` is the same for as long as key, `kid` and algorithm are. */
export type VerificationKey = {
  readonly id: string;
  readonly keyId: string | undefined;
  readonly algorithm: Algorithm;
  readonly key: CryptoKey;
};

export type KeySet = {
  /** The one key that can have signed; undefined when there is none, or more than one because the token names none. */
  readonly find: (algorithm: Algorithm, keyId: string | undefined) => VerificationKey | undefined;
  readonly has: (id: string) => boolean;
};

export type KeySetRead =
  | { readonly kind: 'keys'; readonly keys: KeySet; readonly warnings: readonly string[] }
  | { readonly kind: 'refused'; readonly message: string };

const keysMax = 100;
const document = z.object({ keys: z.array(z.unknown()).max(keysMax) });

const text = z.string().max(4_096).optional();
const published = z.object({
  kty: z.string(),
  kid: z.string().max(keyIdLengthMax).optional(),
  alg: text,
  use: text,
  key_ops: z.array(z.string()).max(16).optional(),
  crv: text,
  n: text,
  e: text,
  x: text,
  y: text,
});
type Published = z.output<typeof published>;

/** Members of a JWK that only its owner may know (RFC 7518, 6.2.2, 6.3.2, 6.4.1). */
const secretMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/** RFC 7518, 3.3; longer ones cost more time than any issuer needs. */
const modulusBits = { min: 2_048, max: 8_192 };

/**
 * Reads a JWK Set (RFC 7517, 5). A key that is malformed, weak or no longer secret is left out with a warning; one for
 * other algorithms or other uses is left out in silence.
 */
export const readKeySet = async (value: unknown, allowed: readonly Algorithm[]): Promise<KeySetRead> => {
  const read = document.safeParse(value);
  if (!read.success) return { kind: 'refused', message: `no JWK Set of at most ${keysMax} keys` };
  const found: VerificationKey[] = [];
  const warnings: string[] = [];
  for (const [index, entry] of read.data.keys.entries()) {
    const one = await readKey(entry, allowed);
    if (one.kind === 'keys') found.push(...one.keys);
    else warnings.push(`key ${index + 1} is left out: ${one.message}`);
  }
  const keys = [...new Map(found.map((key) => [key.id, key])).values()];
  warnings.push(...ambiguities(keys));
  if (keys.length === 0) warnings.push('no key can be used');
  return { kind: 'keys', keys: keySet(keys), warnings };
};

/** Nobody can tell which of two keys of one name has signed, so neither verifies anything. */
const ambiguities = (keys: readonly VerificationKey[]): readonly string[] => {
  const names = keys.map(({ keyId, algorithm }) => `${JSON.stringify(keyId ?? null)} for ${algorithm}`);
  const repeated = names.filter((name, index) => names.indexOf(name) < index);
  return [...new Set(repeated)].map((name) => `more than one key is called ${name}`);
};

const keySet = (keys: readonly VerificationKey[]): KeySet => {
  const ids = new Set(keys.map(({ id }) => id));
  return {
    find: (algorithm, keyId) => {
      const fitting = keys.filter((key) => key.algorithm === algorithm && (keyId === undefined || key.keyId === keyId));
      return fitting.length === 1 ? fitting[0] : undefined;
    },
    has: (id) => ids.has(id),
  };
};

type KeyRead =
  | { readonly kind: 'keys'; readonly keys: readonly VerificationKey[] }
  | { readonly kind: 'left-out'; readonly message: string };

const readKey = async (entry: unknown, allowed: readonly Algorithm[]): Promise<KeyRead> => {
  const read = published.safeParse(entry);
  if (!read.success) return { kind: 'left-out', message: 'it is malformed' };
  const secret = secretMembers.find((name) => Object.hasOwn(Object(entry), name));
  if (secret !== undefined) return { kind: 'left-out', message: `it is no public key, "${secret}" is published` };
  const keys: VerificationKey[] = [];
  try {
    for (const algorithm of allowed) {
      if (fits(read.data, algorithm)) keys.push(await imported(read.data, algorithm));
    }
  } catch (error) {
    return { kind: 'left-out', message: error instanceof WeakKey ? error.message : 'it is malformed' };
  }
  return { kind: 'keys', keys };
};

/** A key that says what it is for is used for nothing else. */
const fits = ({ kty, crv, alg, use, key_ops: operations }: Published, algorithm: Algorithm): boolean => {
  const demanded: { readonly kty: string; readonly crv?: string } = algorithms[algorithm];
  if (kty !== demanded.kty || (demanded.crv !== undefined && crv !== demanded.crv)) return false;
  if (alg !== undefined && alg !== algorithm) return false;
  return (use === undefined || use === 'sig') && (operations === undefined || operations.includes('verify'));
};

class WeakKey extends Error {
  override readonly name = 'WeakKey';
}

const imported = async ({ kty, crv, n, e, x, y, kid }: Published, algorithm: Algorithm): Promise<VerificationKey> => {
  const jwk: JWK = Object.fromEntries(
    Object.entries({ kty, crv, n, e, x, y }).filter(([, value]) => value !== undefined),
  );
  const key = await importJWK(jwk, algorithm);
  if (key instanceof Uint8Array) throw new WeakKey('it is a shared secret');
  const { modulusLength: bits } = key.algorithm as { readonly modulusLength?: number };
  if (bits !== undefined && (bits < modulusBits.min || bits > modulusBits.max))
    throw new WeakKey(`its modulus has ${bits} bits`);
  const thumbprint = await calculateJwkThumbprint(jwk);
  return { id: JSON.stringify([algorithm, kid, thumbprint]), keyId: kid, algorithm, key };
};
