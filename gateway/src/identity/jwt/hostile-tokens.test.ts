import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claims, corp, jwtWorld, nowSeconds } from './test/world.ts';
import { encoded, forgedWithPublicKey, headerOf, signature, signed, signingKey } from './test/keys.ts';

const es256 = signingKey('ES256', 'ec');
const rs256 = signingKey('RS256', 'rsa');
const eddsa = signingKey('EdDSA', 'ed');
/** Published, but not for an algorithm that `corp` may use. */
const ps256 = signingKey('PS256', 'pss');
const es384 = signingKey('ES384', 'ec-384');
/** Published for encryption. */
const forEncryption = signingKey('RS256', 'enc', { use: 'enc' });
const forSigningOnly = signingKey('RS256', 'sign-only', { key_ops: ['sign'] });
/** Not published at all. */
const stranger = signingKey('ES256', 'ec');

let world: Awaited<ReturnType<typeof jwtWorld>>;
beforeAll(async () => {
  world = await jwtWorld({ keys: [es256, rs256, eddsa, ps256, es384, forEncryption, forSigningOnly] });
});
afterAll(() => world[Symbol.asyncDispose]());

const invalid = { kind: 'invalid', reason: 'invalid_credential' };
const notMine = { kind: 'not-mine' };

const good = signed(es256, claims());
const [head = '', payload = '', mark = ''] = good.split('.');

/** Claims, signed as they should be, that do not hold. */
const wrongClaims: readonly (readonly [string, object])[] = [
  ['another issuer', { iss: 'https://login.example.org/' }],
  ['the issuer without its slash', { iss: 'https://login.example.com' }],
  ['the issuer with one slash more', { iss: 'https://login.example.com//' }],
  ['the issuer in capitals', { iss: 'https://LOGIN.example.com/' }],
  ['the issuer in a list', { iss: [corp.issuer] }],
  ['no issuer', { iss: undefined }],
  ['a name from the prototype as issuer', { iss: '__proto__' }],
  ['another audience', { aud: 'gatehouse-admin' }],
  ['the beginning of an audience', { aud: 'gate' }],
  ['the audience in capitals', { aud: 'Gatehouse' }],
  ['a list of other audiences', { aud: ['a', 'b'] }],
  ['an empty list of audiences', { aud: [] }],
  ['an audience among things that are no text', { aud: ['gatehouse', 1] }],
  ['an audience as an object', { aud: { 0: 'gatehouse' } }],
  ['no audience', { aud: undefined }],
  ['no expiry', { exp: undefined }],
  ['an expiry that has passed', { exp: nowSeconds - 30 }],
  ['an expiry in milliseconds', { exp: nowSeconds * 1_000 }],
  ['an expiry for ever', { exp: 1e300 }],
  ['an expiry as text', { exp: String(nowSeconds + 300) }],
  ['an expiry before 1970', { exp: -1 }],
  ['no expiry but null', { exp: null }],
  ['a beginning that lies ahead', { nbf: nowSeconds + 31 }],
  ['a beginning as text', { nbf: String(nowSeconds) }],
  ['an issue that lies ahead', { iat: nowSeconds + 31 }],
  ['an issue that is no time', { iat: true }],
  ['no subject', { sub: undefined }],
  ['an empty subject', { sub: '' }],
  ['a subject that is a number', { sub: 7 }],
  ['a subject that is a list', { sub: ['ann'] }],
  ['a userset as subject', { sub: 'ann#member' }],
  ['everybody as subject', { sub: '*' }],
  ['a typed subject', { sub: 'user:ann' }],
  ['a subject with a blank', { sub: 'ann ben' }],
  ['a subject with a line end', { sub: 'ann\n' }],
  ['a subject with a letter outside ASCII', { sub: 'änn' }],
  ['a subject of 129 characters', { sub: 'a'.repeat(129) }],
];

/** Headers, in front of good claims and signed with the key of their `kid`, that refuse. */
const wrongHeaders: readonly (readonly [string, object])[] = [
  ['no algorithm', { alg: undefined }],
  ['an unknown algorithm', { alg: 'ES256K' }],
  ['an algorithm in other letters', { alg: 'es256' }],
  ['an algorithm in a list', { alg: ['ES256'] }],
  ['an algorithm from the prototype', { alg: 'constructor' }],
  ['an algorithm that this issuer may not use', { alg: 'ES384' }],
  ['the algorithm of another kind of key', { alg: 'RS256' }],
  ['an unknown key', { kid: 'nobody' }],
  ['the key of another algorithm', { kid: 'rsa' }],
  ['a key id that is no text', { kid: 1 }],
  ['a key id from the prototype', { kid: '__proto__' }],
  ['an extension that has to be understood', { crit: ['exp'] }],
  ['an unencoded payload', { crit: ['b64'], b64: false }],
  ['an empty list of extensions', { crit: [] }],
  ['a token of another type', { typ: 'logout+jwt' }],
  ['a type that is no text', { typ: ['JWT'] }],
  ['a type with something behind it', { typ: 'JWT\n' }],
];

/** The good token in another spelling, and texts that are nearly tokens. */
const wrongTexts: readonly (readonly [string, string, typeof invalid | typeof notMine])[] = [
  ['padding behind the signature', `${good}=`, invalid],
  ['padding behind the payload', `${head}.${payload}=.${mark}`, invalid],
  ['padding behind the header', `${head}=.${payload}.${mark}`, invalid],
  ['a blank in front', ` ${good}`, invalid],
  ['a line end behind', `${good}\n`, invalid],
  ['a blank inside', `${head}.${payload.slice(0, 8)} ${payload.slice(8)}.${mark}`, invalid],
  ['the alphabet of plain base64', `${head}.${payload}.${mark.replaceAll('-', '+').replaceAll('_', '/')}!`, invalid],
  ['no signature', `${head}.${payload}.`, invalid],
  ['no signature and no dot', `${head}.${payload}`, notMine],
  ['no payload', `${head}..${mark}`, invalid],
  ['no header', `.${payload}.${mark}`, notMine],
  ['a fourth part', `${good}.${mark}`, notMine],
  ['a dot in front', `.${good}`, notMine],
  ['a dot behind', `${good}.`, notMine],
  ['five parts, as an encrypted token has', `${head}.a.b.c.d`, notMine],
  ['only dots', '..', notMine],
  ['nothing', '', notMine],
  ['text with two dots', 'not.a.token', notMine],
  ['a header that is a list', `${encoded('[]')}.${payload}.${mark}`, notMine],
  ['a header in UTF-16', `${Buffer.from('{"alg":"none"}', 'utf16le').toString('base64url')}.${payload}.`, notMine],
];

/** Payloads that are no set of claims although the issuer signed them. */
const wrongPayloads: readonly (readonly [string, string | Buffer])[] = [
  ['a list', JSON.stringify([claims()])],
  ['a text', JSON.stringify(JSON.stringify(claims()))],
  ['null', 'null'],
  ['nothing', ''],
  ['JSON with something behind it', `${JSON.stringify(claims())}{}`],
  ['a subject twice', JSON.stringify(claims()).replace('{', '{"sub":"root",')],
  ['a subject twice, once escaped', JSON.stringify(claims()).replace('{', '{"s\\u0075b":"root",')],
  ['a name twice further down', JSON.stringify(claims({ deep: [{ name: 'a' }] })).replace('"name"', '"name":1,"name"')],
  ['a byte order mark', `\uFEFF${JSON.stringify(claims())}`],
  ['bytes that are no UTF-8', Buffer.from(JSON.stringify(claims({ name: 'é' })), 'latin1')],
];

const raw = (bytes: string | Buffer): string => {
  const input = `${encoded(headerOf(es256))}.${Buffer.from(bytes).toString('base64url')}`;
  return `${input}.${signature(es256, input)}`;
};

describe('a token', () => {
  it.each([
    ['ES256', es256],
    ['RS256', rs256],
    ['EdDSA', eddsa],
  ])(
    'signed with %s by the issuer is accepted: what the tables below refuse is refused for what they name',
    async (_, key) => {
      expect(await world.identify(signed(key, claims()))).toMatchObject({ kind: 'principal' });
      for (const changed of [
        { aud: ['x', 'gatehouse'] },
        { aud: corp.audiences[1] },
        { iat: undefined },
        { nbf: nowSeconds },
      ])
        expect(await world.identify(signed(key, claims(changed)))).toMatchObject({ kind: 'principal' });
      for (const header of [{ typ: undefined }, { typ: 'at+jwt' }, { typ: 'application/AT+JWT' }, { x: 1 }])
        expect(await world.identify(signed(key, claims(), { ...headerOf(key), ...header }))).toMatchObject({
          kind: 'principal',
        });
    },
  );

  it.each(wrongClaims)('with %s is invalid', async (_, changed) => {
    expect(await world.identify(signed(es256, claims(changed)))).toEqual(invalid);
  });

  it.each(wrongHeaders)('with %s is invalid', async (_, changed) => {
    expect(await world.identify(signed(es256, claims(), { ...headerOf(es256), ...changed }))).toEqual(invalid);
  });

  it.each(wrongTexts)('with %s is refused', async (_, text, answer) => {
    expect(await world.identify(text)).toEqual(answer);
  });

  it.each(wrongPayloads)('whose payload is %s is invalid', async (_, bytes) => {
    expect(await world.identify(raw(bytes))).toEqual(invalid);
  });

  it.each(['none', 'None', 'NONE', ''])('without signature is invalid (%s)', async (alg) => {
    const unsigned = `${encoded({ alg, typ: 'JWT' })}.${payload}`;
    expect(await world.identify(`${unsigned}.`)).toEqual(invalid);
    expect(await world.identify(`${unsigned}.${mark}`)).toEqual(invalid);
  });

  it('whose HMAC was made with a public key is invalid, in every form that the key is published in', async () => {
    const { publicKey } = { publicKey: rs256.jwk };
    for (const secret of [publicKey.n!, Buffer.from(publicKey.n!, 'base64url'), JSON.stringify(publicKey)])
      expect(await world.identify(forgedWithPublicKey(secret, claims(), 'rsa'))).toEqual(invalid);
  });

  it('that brings its own key along, or says where one is, is judged by the published ones', async () => {
    const before = [...world.server.asked];
    const own = { jwk: stranger.jwk, jku: `${world.server.origin}/stranger`, x5u: `${world.server.origin}/stranger` };
    expect(await world.identify(signed(stranger, claims(), { ...headerOf(es256), ...own }))).toEqual(invalid);
    expect(await world.identify(signed(es256, claims({ n: 1 }), { ...headerOf(es256), ...own }))).toMatchObject({
      kind: 'principal',
    });
    expect(world.server.asked).toEqual(before);
  });

  it.each([
    ['PSS, which the issuer may not use', ps256],
    ['P-384, which the issuer may not use', es384],
    ['a key for encryption', forEncryption],
    ['a key that may not verify', forSigningOnly],
    ['the key of a stranger who uses the same key id', stranger],
  ])('signed with %s is invalid', async (_, key) => {
    expect(await world.identify(signed(key, claims()))).toEqual(invalid);
  });

  it('signed with RSA-PSS by a key that is published for PKCS 1 is invalid', async () => {
    const input = `${encoded({ alg: 'RS256', kid: 'rsa' })}.${payload}`;
    expect(await world.identify(`${input}.${signature({ ...rs256, alg: 'PS256' }, input)}`)).toEqual(invalid);
  });

  it('longer than 8 KB is invalid, one that just fits is not', async () => {
    const padded = (length: number) => signed(es256, claims({ pad: 'x'.repeat(length) }));
    const room = 8_192 - padded(0).length;
    const fitting = padded(Math.floor((room * 3) / 4) - 3);
    expect(fitting.length).toBeLessThanOrEqual(8_192);
    expect(await world.identify(fitting)).toMatchObject({ kind: 'principal' });
    expect(await world.identify(padded(room))).toEqual(invalid);
    expect(await world.identify(padded(1_000_000))).toEqual(invalid);
  });

  it('is never accepted when one of its bytes was changed', async () => {
    const tokens = [es256, rs256, eddsa].map((key) => signed(key, claims()));
    const byte = fc.integer({ min: 0, max: 255 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...tokens), fc.nat(), byte, async (text, place, replacement) => {
        const at = place % text.length;
        const changed = text.slice(0, at) + String.fromCharCode(replacement) + text.slice(at + 1);
        fc.pre(changed !== text);
        expect(await world.identify(changed)).not.toMatchObject({ kind: 'principal' });
      }),
      { numRuns: 1_500 },
    );
  });

  it('is never accepted when a single bit of its last letters was changed', async () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    for (const key of [es256, rs256, eddsa]) {
      const text = signed(key, claims());
      for (const letter of alphabet) {
        const changed = text.slice(0, -1) + letter;
        expect((await world.identify(changed)).kind).toBe(changed === text ? 'principal' : 'invalid');
      }
    }
  });

  it('is never accepted when it was cut off, or has more behind it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(good.length - 1), fc.string({ minLength: 1 }), async (length, more) => {
        expect(await world.identify(good.slice(0, length))).not.toMatchObject({ kind: 'principal' });
        expect(await world.identify(good + more)).not.toMatchObject({ kind: 'principal' });
      }),
    );
  });

  it('is answered, whatever text it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 200 }), fc.json(), async (text, json) => {
        expect(['not-mine', 'invalid']).toContain((await world.identify(text)).kind);
        expect(await world.identify(`${encoded(json)}.${encoded(json)}.${encoded(text)}`)).not.toMatchObject({
          kind: 'principal',
        });
      }),
    );
  });
});
