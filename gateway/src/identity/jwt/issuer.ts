/** How a signature is made and which keys can have made it. HMAC is missing on purpose: who can check one can make one. */
export const algorithms = {
  RS256: { kty: 'RSA' },
  RS384: { kty: 'RSA' },
  RS512: { kty: 'RSA' },
  PS256: { kty: 'RSA' },
  PS384: { kty: 'RSA' },
  PS512: { kty: 'RSA' },
  ES256: { kty: 'EC', crv: 'P-256' },
  ES384: { kty: 'EC', crv: 'P-384' },
  ES512: { kty: 'EC', crv: 'P-521' },
  EdDSA: { kty: 'OKP', crv: 'Ed25519' },
  Ed25519: { kty: 'OKP', crv: 'Ed25519' },
} as const satisfies Readonly<Record<string, { readonly kty: string; readonly crv?: string }>>;

export type Algorithm = keyof typeof algorithms;

export const isAlgorithm = (text: string): text is Algorithm => Object.hasOwn(algorithms, text);

/** Which claims say who a person is, on the day that person is first seen. */
export type ClaimNames = { readonly username: string; readonly name: string; readonly email: string };

/** Whose tokens are accepted, and what they stand for. */
export type Issuer = {
  /** What rules call it: `jwt:NAME`. */
  readonly name: string;
  /** Equals `iss`, byte by byte. */
  readonly issuer: string;
  /** One of these is in `aud`, byte by byte. */
  readonly audiences: readonly string[];
  /** Where the keys are published; absent = where the issuer's discovery document says. */
  readonly jwks?: string;
  readonly algorithms: readonly Algorithm[];
  readonly clockSkewMs: number;
  /** Whether a subject that was never seen becomes a person of ours. */
  readonly provision: boolean;
  readonly claims: ClaimNames;
  /** What its tokens are narrowed to. */
  readonly scopes: readonly string[];
};
