import { describe, expect, it } from 'vitest';
import type { Principal } from '@gatehouse/policies/principal';
import type { Vouched } from './vouched.ts';
import { signed, signingKey } from './test/keys.ts';
import { ann, claims, corp, jwtWorld, nowSeconds } from './test/world.ts';

const minuteMs = 60_000;
const principal = { kind: 'principal', principal: ann };
const invalid = { kind: 'invalid', reason: 'invalid_credential' };
const key = signingKey('ES256', 'k1');
const other = signingKey('ES256', 'k2');

/** The last letter carries bits: another one there is another signature. */
const forged = (token: string): string => token.slice(0, -4) + (token.endsWith('AAAA') ? 'BBBB' : 'AAAA');

describe('a JWT', () => {
  it('stands for the person that its issuer and subject name', async () => {
    const asked: Vouched[] = [];
    await using world = await jwtWorld({
      keys: [key],
      findPerson: (vouched) => {
        asked.push(vouched);
        return ann;
      },
    });
    expect(await world.identify(world.token({ sub: 'a|b.c_d-e@f' }))).toEqual(principal);
    expect(asked).toMatchObject([
      { issuer: { name: 'corp', issuer: corp.issuer }, subject: 'a|b.c_d-e@f', profile: undefined },
    ]);
  });

  it('brings a profile along where people may be made, and only there', async () => {
    const asked: Vouched[] = [];
    await using world = await jwtWorld({
      keys: [key],
      issuer: () => ({ provision: true }),
      findPerson: (vouched) => {
        asked.push(vouched);
        return ann;
      },
    });
    await world.identify(
      world.token({ preferred_username: 'ann', name: 7, email: 'ann@corp.example', email_verified: true }),
    );
    expect(asked[0]!.profile).toEqual({
      username: 'ann',
      name: undefined,
      email: { address: 'ann@corp.example', isVerified: true },
    });
  });

  it('is answered without a promise once it was verified', async () => {
    await using world = await jwtWorld({ keys: [key] });
    const token = world.token();
    expect(world.identify(token)).toBeInstanceOf(Promise);
    expect(await world.identify(token)).toEqual(principal);
    expect(world.identify(token)).toEqual(principal);
  });

  it('is invalid for a person whom nobody knows, and good as soon as somebody does', async () => {
    const known: Principal[] = [];
    await using world = await jwtWorld({ keys: [key], findPerson: () => known[0] });
    const token = world.token();
    expect(await world.identify(token)).toEqual(invalid);
    expect(world.identify(token)).toEqual(invalid);
    known.push(ann);
    expect(world.identify(token)).toEqual(principal);
  });

  it('is no verdict when the person cannot be looked up, and nothing of that is remembered', async () => {
    let isDown = true;
    const findPerson = async () => (isDown ? Promise.reject(new Error('the database is down')) : ann);
    await using world = await jwtWorld({ keys: [key], findPerson });
    const token = world.token();
    await expect(world.identify(token)).rejects.toThrow('the database is down');
    isDown = false;
    expect(await world.identify(token)).toEqual(principal);
  });

  it('is invalid from the millisecond it expires, with the skew of clocks, also when it was seen before', async () => {
    await using world = await jwtWorld({ keys: [key] });
    const token = world.token({ exp: nowSeconds + 60 });
    expect(await world.identify(token)).toEqual(principal);
    world.clock.pass(90_000 - 1);
    expect(world.identify(token)).toEqual(principal);
    world.clock.pass(1);
    expect(world.identify(token)).toEqual(invalid);
  });

  it('holds to a fraction of a second', async () => {
    await using world = await jwtWorld({ keys: [key], issuer: () => ({ clockSkewMs: 0 }) });
    const token = world.token({ exp: nowSeconds + 0.5, nbf: nowSeconds - 0.5, iat: undefined });
    world.clock.pass(499);
    expect(await world.identify(token)).toEqual(principal);
    world.clock.pass(1);
    expect(world.identify(token)).toEqual(invalid);
  });

  it('is good from the moment that it names, with the skew of clocks: being early is not remembered', async () => {
    await using world = await jwtWorld({ keys: [key] });
    const token = world.token({ nbf: nowSeconds + 40 });
    expect(world.identify(token)).toEqual(invalid);
    world.clock.pass(10_000);
    expect(await world.identify(token)).toEqual(principal);
  });

  it('is verified again after ten minutes', async () => {
    await using world = await jwtWorld({ keys: [key] });
    const token = world.token({ exp: nowSeconds + 3_600 });
    await world.identify(token);
    world.clock.pass(10 * minuteMs);
    const again = world.identify(token);
    expect(again).toBeInstanceOf(Promise);
    expect(await again).toEqual(principal);
  });

  it('is verified once when it comes many times at once', async () => {
    const asked: Vouched[] = [];
    await using world = await jwtWorld({ keys: [key], findPerson: (vouched) => (asked.push(vouched), ann) });
    const token = world.token();
    const answers = await Promise.all(Array.from({ length: 50 }, async () => world.identify(token)));
    expect(answers).toEqual(answers.map(() => principal));
    // What was read out of the token is one object for all.
    expect(new Set(asked).size).toBe(1);
  });

  it('with a wrong signature is remembered as such for half a minute', async () => {
    await using world = await jwtWorld({ keys: [key] });
    const bad = forged(world.token());
    const first = world.identify(bad);
    expect(first).toBeInstanceOf(Promise);
    expect(await first).toEqual(invalid);
    expect(world.identify(bad)).toEqual(invalid);
    world.clock.pass(30_000);
    expect(world.identify(bad)).toBeInstanceOf(Promise);
  });

  it('that is good is not pushed out by forged ones; the newest of either kind are remembered', async () => {
    await using world = await jwtWorld({ keys: [key], entriesMax: { verified: 2, forged: 3 } });
    const tokens = [1, 2, 3].map((n) => world.token({ n }));
    for (const token of tokens) expect(await world.identify(token)).toEqual(principal);
    const [, , newest = ''] = tokens;
    const bad = Array.from({ length: 10 }, (_, n) => `${newest.slice(0, -4)}${String(n)}QQA`);
    for (const token of bad) expect(await world.identify(token)).toEqual(invalid);
    const isRemembered = (token: string) => !(world.identify(token) instanceof Promise);
    expect(tokens.map(isRemembered)).toEqual([false, true, true]);
    expect(bad.map(isRemembered)).toEqual(bad.map((_, n) => n >= 7));
  });

  it('whose key was not published yet is good when it is: that is not remembered', async () => {
    await using world = await jwtWorld({ keys: [key] });
    await world.identify(world.token());
    const early = signed(other, claims());
    expect(await world.identify(early)).toEqual(invalid);
    world.publish(key, other);
    world.clock.pass(minuteMs);
    expect(await world.identify(early)).toEqual(principal);
  });

  it('of another issuer has its own keys: a key of one signs nothing of the other', async () => {
    await using world = await jwtWorld({ keys: [key] });
    expect(await world.identify(signed(key, claims({ iss: 'https://elsewhere.example' })))).toEqual(invalid);
  });
});
