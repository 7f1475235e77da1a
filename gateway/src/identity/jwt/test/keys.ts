import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import type { JsonWebKey, KeyObject } from 'node:crypto';

/** An issuer's key pair: what it publishes, and what it signs with. */
export type SigningKey = { readonly alg: string; readonly jwk: JsonWebKey; readonly privateKey: KeyObject };

const makers: Readonly<Record<string, () => { publicKey: KeyObject; privateKey: KeyObject }>> = {
  RS256: () => generateKeyPairSync('rsa', { modulusLength: 2_048 }),
  PS256: () => generateKeyPairSync('rsa', { modulusLength: 2_048 }),
  ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  ES384: () => generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  EdDSA: () => generateKeyPairSync('ed25519'),
};

/** A new key pair; `members` are added to the published key, or replace some of it. */
export const signingKey = (alg: string, kid: string, members: object = {}): SigningKey => {
  const { publicKey, privateKey } = makers[alg]!();
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid, alg, use: 'sig', ...members };
  return { alg, jwk: JSON.parse(JSON.stringify(jwk)) as JsonWebKey, privateKey };
};

/** The members that only the issuer may know. */
export const secretsOf = ({ privateKey }: SigningKey): JsonWebKey => privateKey.export({ format: 'jwk' });

export const encoded = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** Signs whatever it is given, text as it stands and objects as JSON, by the rules of the key's own algorithm. */
export const signed = (key: SigningKey, claims: unknown, header: unknown = headerOf(key)): string => {
  const input = `${encoded(header)}.${encoded(claims)}`;
  return `${input}.${signature(key, input)}`;
};

export const headerOf = ({ alg, jwk }: SigningKey): object => ({ alg, typ: 'JWT', kid: jwk['kid'] });

export const signature = ({ alg, privateKey }: SigningKey, input: string): string => {
  const bytes = Buffer.from(input);
  switch (alg) {
    case 'EdDSA':
      return sign(null, bytes, privateKey).toString('base64url');
    case 'PS256':
      return sign('sha256', bytes, { key: privateKey, padding: 6, saltLength: 32 }).toString('base64url');
    default:
      return sign(`sha${alg.slice(2)}`, bytes, { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url');
  }
};

/** HMAC with the bytes of a public key: what a verifier that trusts `alg` would accept. */
export const forgedWithPublicKey = (secret: string | Buffer, claims: object, kid: string): string => {
  const input = `${encoded({ alg: 'HS256', typ: 'JWT', kid })}.${encoded(claims)}`;
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
};
