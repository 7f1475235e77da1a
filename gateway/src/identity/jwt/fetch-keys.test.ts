import { describe, expect, it } from 'vitest';
import { json } from './test/issuer-server.ts';
import { signed, signingKey } from './test/keys.ts';
import { claims, corp, jwtWorld } from './test/world.ts';

const principal = { kind: 'principal' };
const first = signingKey('ES256', 'first');

describe('an issuer that is discovered', () => {
  const path = '/tenant/.well-known/openid-configuration';
  const discovering = async (document: (origin: string) => unknown, slash = '') => {
    const world = await jwtWorld({
      keys: [first],
      issuer: (origin) => ({ jwks: undefined, issuer: `${origin}/tenant${slash}` }),
    });
    const { origin } = world.server;
    world.server.answers.set(path, json(document(origin)));
    return { world, token: signed(first, claims({ iss: `${origin}/tenant${slash}` })) };
  };

  it.each(['', '/'])('names its keys itself (%j at its end)', async (slash) => {
    const { world, token } = await discovering(
      (origin) => ({ issuer: `${origin}/tenant${slash}`, jwks_uri: `${origin}/jwks` }),
      slash,
    );
    await using open = world;
    expect(await open.identify(token)).toMatchObject(principal);
    expect(open.server.asked).toEqual([path, '/jwks']);
  });

  const lies: readonly (readonly [string, (origin: string) => unknown, RegExp])[] = [
    [
      'names another issuer',
      (origin) => ({ issuer: corp.issuer, jwks_uri: `${origin}/jwks` }),
      /speaks for another issuer/,
    ],
    [
      'adds a slash',
      (origin) => ({ issuer: `${origin}/tenant/`, jwks_uri: `${origin}/jwks` }),
      /speaks for another issuer/,
    ],
    ['names no issuer', (origin) => ({ jwks_uri: `${origin}/jwks` }), /no discovery document/],
    ['names no keys', (origin) => ({ issuer: `${origin}/tenant` }), /no discovery document/],
    [
      'sends us over plain http',
      (origin) => ({ issuer: `${origin}/tenant`, jwks_uri: 'http://keys.example/jwks' }),
      /neither https/,
    ],
    [
      'sends us to a file',
      (origin) => ({ issuer: `${origin}/tenant`, jwks_uri: 'file:///etc/passwd' }),
      /neither https/,
    ],
    ['is a list', () => [], /no discovery document/],
  ];
  it.each(lies)('is not believed when it %s', async (_, document, said) => {
    const { world, token } = await discovering(document);
    await using open = world;
    await expect(open.identify(token)).rejects.toMatchObject({
      name: 'KeysUnavailable',
      message: expect.stringMatching(said),
    });
    expect(open.server.asked).toEqual([path]);
  });
});
