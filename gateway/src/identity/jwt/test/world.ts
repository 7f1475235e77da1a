import { EventEmitter } from 'node:events';
import type { Principal } from '@gatehouse/policies/principal';
import { documentFetcher } from '../fetch-document.ts';
import { keysOf } from '../fetch-keys.ts';
import type { FetchKeys } from '../fetch-keys.ts';
import type { Issuer } from '../issuer.ts';
import { jwtIdentity } from '../jwt-identity.ts';
import type { Vouched } from '../vouched.ts';
import { keySource } from '../key-source.ts';
import { issuerServer, json } from './issuer-server.ts';
import { signed, signingKey } from './keys.ts';
import type { SigningKey } from './keys.ts';

/** The time of day in all these tests, in seconds; a token made by `claims` holds for five minutes from then on. */
export const nowSeconds = 1_800_000_000;

export const corp: Issuer = {
  name: 'corp',
  issuer: 'https://login.example.com/',
  audiences: ['gatehouse', 'https://api.example.com'],
  algorithms: ['RS256', 'ES256', 'EdDSA'],
  clockSkewMs: 30_000,
  provision: false,
  claims: { username: 'preferred_username', name: 'name', email: 'email' },
  scopes: ['all'],
};

export const claims = (changed: object = {}): Record<string, unknown> => ({
  iss: corp.issuer,
  aud: 'gatehouse',
  sub: 'auth0|5f7c8ec7c33c6c004bbafe82',
  iat: nowSeconds,
  exp: nowSeconds + 300,
  ...changed,
});

export const ann: Principal = {
  subject: 'user:usr_1',
  name: 'ann',
  home: { id: 'acc_1', slug: 'ann' },
  fixedToHome: false,
  hasSeveralAccounts: false,
  credential: 'jwt:corp',
  scopes: ['all'],
};

/** Clocks that a test moves on; the monotonic one begins anywhere. */
export const testClock = () => {
  const passed = { ms: 0 };
  return {
    pass: (ms: number) => void (passed.ms += ms),
    wallMs: () => nowSeconds * 1_000 + passed.ms,
    monotonicMs: () => 4_321.5 + passed.ms,
  };
};

type Setting = {
  readonly keys?: readonly SigningKey[];
  /** What differs from `corp`. */
  readonly issuer?: (origin: string) => { readonly [Name in keyof Issuer]?: Issuer[Name] | undefined };
  readonly entriesMax?: { readonly verified: number; readonly forged: number };
  readonly findPerson?: (vouched: Vouched) => Principal | undefined | Promise<Principal | undefined>;
};

/** A resolver that fetches the keys of `corp` from a real server. */
export const jwtWorld = async (setting: Setting = {}) => {
  const { keys = [signingKey('ES256', 'k1')], findPerson = () => ann } = setting;
  const server = await issuerServer();
  const fetcher = documentFetcher({ deadlineMs: 300 });
  const clock = testClock();
  const bounds = setting.entriesMax === undefined ? {} : { entriesMax: setting.entriesMax };
  const warnings: string[] = [];
  const publish = (...published: readonly SigningKey[]): void =>
    void server.answers.set('/jwks', json({ keys: published.map(({ jwk }) => jwk) }));
  publish(...keys);
  const issuer = { ...corp, jwks: `${server.origin}/jwks`, ...setting.issuer?.(server.origin) } as Issuer;
  const refreshes = new EventEmitter();
  const fetchKeys: FetchKeys = () =>
    keysOf(issuer, fetcher.fetch)().finally(() => setImmediate(() => refreshes.emit('settled')));
  const source = keySource({
    name: issuer.name,
    fetchKeys,
    clock,
    random: () => 0.5,
    warn: (line) => void warnings.push(line),
  });
  return {
    server,
    clock,
    warnings,
    publish,
    /** Emits `settled` once the outcome of a fetch is in force. */
    refreshes,
    key: keys[0]!,
    /** A token that is accepted as long as nothing is changed. */
    token: (changed: object = {}) => signed(keys[0]!, claims(changed)),
    identify: jwtIdentity({ issuers: [{ issuer, keys: source }], findPerson, clock, ...bounds }),
    [Symbol.asyncDispose]: async () => {
      await fetcher.close();
      await server[Symbol.asyncDispose]();
    },
  };
};
