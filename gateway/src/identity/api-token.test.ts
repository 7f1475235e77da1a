import { describe, expect, it } from 'vitest';
import type { Principal } from '@gatehouse/policies/principal';
import { deriveKeys } from '../secret.ts';
import { apiTokenIdentity, hashedToken } from './api-token.ts';
import type { StoredToken } from './api-token.ts';
import { tokenText } from './token-text.ts';

const secret = 'a secret of at least thirty-two bytes';
const keys = deriveKeys([secret], 'api-token');
const principal: Principal = {
  subject: 'user:usr_1',
  name: 'vera',
  home: { id: 'acc_1', slug: 'vera' },
  fixedToHome: false,
  hasSeveralAccounts: false,
  credential: 'token',
  scopes: ['all'],
};

const setting = (stored: Partial<StoredToken> = {}, storedUnder = keys, askedWith = keys) => {
  const text = tokenText('pat');
  const token = {
    hash: hashedToken(storedUnder, text).hash,
    expiresAt: new Date(10_000),
    revokedAt: null as Date | null,
    principal,
    ...stored,
  };
  const clock = { nowMs: 0 };
  const asked: Uint8Array[] = [];
  const identify = apiTokenIdentity({
    keys: askedWith,
    clock: { wallMs: () => clock.nowMs, monotonicMs: () => clock.nowMs },
    find: async (hashes) => {
      asked.push(...hashes);
      return hashes.some((hash) => Buffer.compare(hash, token.hash) === 0) ? token : undefined;
    },
  });
  return { text, token, clock, asked, identify };
};

const invalid = { kind: 'invalid', reason: 'invalid_credential' };

describe('API token', () => {
  it('stands for its principal', async () => {
    const { identify, text } = setting();
    expect(await identify(text)).toEqual({ kind: 'principal', principal });
  });

  it('is answered without a promise once it was seen', async () => {
    const { identify, text, asked } = setting();
    await identify(text);
    expect(identify(text)).toEqual({ kind: 'principal', principal });
    expect(asked).toHaveLength(1);
  });

  it('is invalid when nobody made it', async () => {
    expect(await setting().identify(tokenText('pat'))).toEqual(invalid);
  });

  it('is invalid when a character is missing, without the database being asked', async () => {
    const { identify, text, asked } = setting();
    expect(await identify(text.slice(0, -1))).toEqual(invalid);
    expect(asked).toEqual([]);
  });

  it('is invalid from the millisecond it expires, also when it was seen before', async () => {
    const { identify, text, clock } = setting({ expiresAt: new Date(1_000) });
    clock.nowMs = 999;
    expect(await identify(text)).toMatchObject({ kind: 'principal' });
    clock.nowMs = 1_000;
    expect(await identify(text)).toEqual(invalid);
  });

  it('is invalid when it is revoked', async () => {
    const { identify, text } = setting({ revokedAt: new Date(0) });
    expect(await identify(text)).toEqual(invalid);
  });

  it('is not believed for longer than its bound', async () => {
    const { identify, text, clock, token } = setting();
    await identify(text);
    token.revokedAt = new Date(0);
    clock.nowMs = 2_000;
    expect(await identify(text)).toEqual(invalid);
  });

  it('stays valid while the secret it was hashed with is still listed', async () => {
    const rotated = deriveKeys(['another secret of at least thirty-two', secret], 'api-token');
    const { identify, text } = setting({}, keys, rotated);
    expect(await identify(text)).toMatchObject({ kind: 'principal' });
  });

  it('rejects when the database cannot answer, and is asked again', async () => {
    const identify = apiTokenIdentity({
      keys,
      clock: { wallMs: () => 0, monotonicMs: () => 0 },
      find: async () => Promise.reject(new Error('down')),
    });
    await expect(identify(tokenText('pat'))).rejects.toThrow('down');
  });

  it.each(['abc', 'eyJhbGciOi.eyJzdWIi.sig', 'ghp_aaaa', ''])('leaves %j to other resolvers', async (bearer) => {
    expect(await setting().identify(bearer)).toEqual({ kind: 'not-mine' });
  });
});
