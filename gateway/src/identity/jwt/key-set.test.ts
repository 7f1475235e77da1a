import { describe, expect, it } from 'vitest';
import { headerOf, secretsOf, signed, signingKey } from './test/keys.ts';
import { claims, jwtWorld } from './test/world.ts';

const es256 = signingKey('ES256', 'ec');
const rs256 = signingKey('RS256', 'rsa');
const invalid = { kind: 'invalid', reason: 'invalid_credential' };

describe('a published key', () => {
  it('that is no longer secret verifies nothing', async () => {
    const leaked = signingKey('ES256', 'leaked');
    await using other = await jwtWorld({ keys: [{ ...leaked, jwk: { ...leaked.jwk, d: secretsOf(leaked).d! } }] });
    expect(await other.identify(signed(leaked, claims()))).toEqual(invalid);
    expect(other.warnings).toEqual([
      expect.stringContaining('key 1 is left out: it is no public key, "d" is published; no key can be used'),
    ]);
  });

  it('that shares its name with another one verifies nothing, one that is published twice does', async () => {
    const namesake = signingKey('ES256', 'ec');
    await using two = await jwtWorld({ keys: [es256, namesake] });
    expect(await two.identify(signed(es256, claims()))).toEqual(invalid);
    expect(await two.identify(signed(namesake, claims()))).toEqual(invalid);
    expect(two.warnings).toEqual([expect.stringContaining('more than one key is called "ec" for ES256')]);
    await using same = await jwtWorld({ keys: [es256, es256] });
    expect(await same.identify(signed(es256, claims()))).toMatchObject({ kind: 'principal' });
    expect(same.warnings).toEqual([]);
  });

  it('without an algorithm of its own verifies what its kind can, as far as the issuer may', async () => {
    const plain = signingKey('RS256', 'plain', { alg: undefined, use: undefined });
    await using other = await jwtWorld({ keys: [plain] });
    expect(await other.identify(signed(plain, claims()))).toMatchObject({ kind: 'principal' });
    expect(await other.identify(signed({ ...plain, alg: 'PS256' }, claims()))).toEqual(invalid);
  });

  it('is found without a key id when it is the only one that fits, and not when there are two', async () => {
    const { kid: _, ...unnamed } = headerOf(es256) as { kid: string };
    await using one = await jwtWorld({ keys: [es256, rs256] });
    expect(await one.identify(signed(es256, claims(), unnamed))).toMatchObject({ kind: 'principal' });
    await using two = await jwtWorld({ keys: [es256, signingKey('ES256', 'second')] });
    expect(await two.identify(signed(es256, claims(), unnamed))).toEqual(invalid);
  });
});
