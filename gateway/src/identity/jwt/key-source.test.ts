import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { claims, jwtWorld, nowSeconds } from './test/world.ts';
import { json } from './test/issuer-server.ts';
import type { Answer } from './test/issuer-server.ts';
import { signed, signingKey } from './test/keys.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const principal = { kind: 'principal' };
const invalid = { kind: 'invalid', reason: 'invalid_credential' };
/** Claims of a token that outlives what a test waits for. */
const long = { exp: nowSeconds + 3_600 };
const first = signingKey('ES256', 'first');
const second = signingKey('ES256', 'second');

const status =
  (code: number): Answer =>
  (response) =>
    void response.writeHead(code).end('{"keys":[]}');
const text =
  (body: string, headers: Record<string, string> = {}): Answer =>
  (response) =>
    void response.writeHead(200, headers).end(body);

/** What an issuer can answer that is no key set, and what is then said about it. */
const badDays: readonly (readonly [string, Answer, RegExp])[] = [
  ['a failure', status(500), /answered 500$/],
  ['a failure with a body that looks right', status(503), /answered 503$/],
  ['nothing to see', status(404), /answered 404$/],
  ['no content', status(204), /answered 204$/],
  ['a redirect', (response) => void response.writeHead(302, { location: '/elsewhere' }).end(), /answered 302$/],
  ['silence', () => undefined, /abort|time/i],
  ['a head and then silence', (response) => void response.writeHead(200).write('{"keys":'), /abort|time/i],
  ['10 MB', text(`{"keys":["${'x'.repeat(10 << 20)}"]}`), /more than 262144 bytes$/],
  ['a body without end', endless, /more than 262144 bytes$/],
  ['a page for people', text('<html>'), /did not answer with JSON$/],
  ['half an answer', text('{"keys":['), /did not answer with JSON$/],
  [
    'bytes that are no UTF-8',
    (response) => void response.end(Buffer.from([0x22, 0xff, 0x22])),
    /did not answer with JSON$/,
  ],
  ['something compressed', text('{"keys":[]}', { 'content-encoding': 'gzip' }), /encoding nobody asked for$/],
  ['a list', json([]), /no JWK Set/],
  ['keys that are no list', json({ keys: {} }), /no JWK Set/],
  ['101 keys', json({ keys: Array.from({ length: 101 }, () => first.jwk) }), /no JWK Set/],
  ['a broken connection', (response) => void response.socket!.destroy(), /./],
];

function endless(response: Parameters<Answer>[0]): void {
  response.writeHead(200);
  const more = (): void => {
    while (!response.destroyed && response.write('x'.repeat(65_536)));
  };
  response.on('drain', more);
  more();
}

describe('keys', () => {
  it.each(badDays)(
    'cannot be had when the issuer answers with %s: that is no verdict on the token',
    async (_, answer, said) => {
      await using world = await jwtWorld({ keys: [first] });
      world.server.answers.set('/jwks', answer);
      world.server.answers.set('/elsewhere', json({ keys: [first.jwk] }));
      await expect(world.identify(world.token())).rejects.toMatchObject({
        name: 'KeysUnavailable',
        message: expect.stringMatching(said),
      });
      expect(world.server.asked).toEqual(['/jwks']);
      expect(world.warnings).toHaveLength(1);
      // It heals: nothing of the failure is remembered about the token.
      world.publish(first);
      world.clock.pass(2 * minuteMs);
      expect(await world.identify(world.token())).toMatchObject(principal);
    },
  );

  it('stay in use while the issuer is down, for a day', async () => {
    await using world = await jwtWorld({ keys: [first] });
    expect(await world.identify(world.token())).toMatchObject(principal);
    world.server.answers.set('/jwks', status(500));
    const later = (ms: number) => signed(first, claims({ exp: nowSeconds + 300 + ms / 1_000 }));
    for (let hours = 1; hours <= 23; hours += 1) {
      world.clock.pass(hourMs);
      expect(await world.identify(later(hours * hourMs))).toMatchObject(principal);
    }
    world.clock.pass(hourMs);
    await expect(world.identify(later(24 * hourMs))).rejects.toThrow(/answered 500/);
    world.publish(first);
    world.clock.pass(10 * minuteMs);
    expect(await world.identify(later(25 * hourMs))).toMatchObject(principal);
  });

  it('are fetched once for tokens that come together', async () => {
    await using world = await jwtWorld({ keys: [first] });
    const answers = await Promise.all(Array.from({ length: 50 }, async (_, n) => world.identify(world.token({ n }))));
    expect(answers.every(({ kind }) => kind === 'principal')).toBe(true);
    expect(world.server.asked).toEqual(['/jwks']);
  });

  it('are not fetched for tokens that could not be good whatever the keys are', async () => {
    await using world = await jwtWorld({ keys: [first] });
    for (const changed of [{ iss: 'x' }, { aud: 'x' }, { exp: 1 }, { sub: '*' }])
      expect(world.identify(world.token(changed))).toEqual(invalid);
    expect(world.identify('no token')).toEqual({ kind: 'not-mine' });
    expect(world.server.asked).toEqual([]);
  });

  it('that are new are taken up with the first token they signed', async () => {
    await using world = await jwtWorld({ keys: [first] });
    await world.identify(world.token());
    world.publish(first, second);
    world.clock.pass(minuteMs);
    expect(await world.identify(signed(second, claims()))).toMatchObject(principal);
    expect(world.server.asked).toHaveLength(2);
  });

  it('are fetched at most once a minute, whatever key ids tokens name', async () => {
    await using world = await jwtWorld({ keys: [first] });
    await world.identify(world.token());
    for (let n = 0; n < 100; n += 1) {
      const made = signed(signingKeyNamed(`made-up-${n}`), claims());
      expect(await world.identify(made)).toEqual(invalid);
    }
    expect(world.server.asked).toHaveLength(1);
    world.clock.pass(minuteMs);
    const asked = Array.from({ length: 20 }, async (_, n) =>
      world.identify(signed(signingKeyNamed(`later-${n}`), claims())),
    );
    expect(await Promise.all(asked)).toEqual(asked.map(() => invalid));
    expect(world.server.asked).toHaveLength(2);
    // Known keys are not held up by it.
    expect(await world.identify(world.token())).toMatchObject(principal);
  });

  it('that may be new while the issuer is down are no verdict on their tokens', async () => {
    await using world = await jwtWorld({ keys: [first] });
    await world.identify(world.token());
    world.server.answers.set('/jwks', status(500));
    world.clock.pass(minuteMs);
    await expect(world.identify(signed(second, claims()))).rejects.toMatchObject({ name: 'KeysUnavailable' });
    world.publish(second);
    world.clock.pass(2 * minuteMs);
    expect(await world.identify(signed(second, claims()))).toMatchObject(principal);
  });

  it('are refreshed after ten minutes, behind the back of who asks; what was taken back is refused from then on', async () => {
    await using world = await jwtWorld({ keys: [first, second] });
    const known = world.token(long);
    expect(await world.identify(known)).toMatchObject(principal);
    world.publish(second);
    world.clock.pass(10 * minuteMs - 1);
    expect(await world.identify(known)).toMatchObject(principal);
    expect(world.server.asked).toHaveLength(1);
    world.clock.pass(1);
    await refreshed(world, known);
    expect(await world.identify(known)).toEqual(invalid);
    expect(await world.identify(world.token({ ...long, n: 1 }))).toEqual(invalid);
    expect(await world.identify(signed(second, claims(long)))).toMatchObject(principal);
    expect(world.server.asked).toHaveLength(2);
  });

  it('that all were taken back leave no token accepted', async () => {
    await using world = await jwtWorld({ keys: [first] });
    const known = world.token(long);
    await world.identify(known);
    world.publish();
    world.clock.pass(10 * minuteMs);
    await refreshed(world, known);
    expect(await world.identify(known)).toEqual(invalid);
    expect(world.warnings).toEqual([expect.stringContaining('no key can be used')]);
  });

  it.each([
    ['max-age=120', 2 * minuteMs],
    ['public, MAX-AGE="120"', 2 * minuteMs],
    ['max-age=1', minuteMs],
    ['no-store', minuteMs],
    ['no-cache, max-age=500', minuteMs],
    ['max-age=999999', 10 * minuteMs],
    ['s-maxage=60', 10 * minuteMs],
    ['nonsense', 10 * minuteMs],
  ])('are refreshed when Cache-Control says so, within a minute and ten: %s', async (header, afterMs) => {
    await using world = await jwtWorld({ keys: [first] });
    world.server.answers.set('/jwks', json({ keys: [first.jwk] }, { 'cache-control': header }));
    const known = world.token(long);
    await world.identify(known);
    world.clock.pass(afterMs - 1);
    await world.identify(known);
    expect(world.server.asked).toHaveLength(1);
    world.clock.pass(1);
    await refreshed(world, known);
    expect(world.server.asked).toHaveLength(2);
  });

  it('are asked for after growing pauses while the issuer is down, with jitter', async () => {
    await using world = await jwtWorld({ keys: [first] });
    world.server.answers.set('/jwks', status(500));
    const token = world.token(long);
    const pausesMs: number[] = [];
    for (let fetches = 0, waitedMs = 0; pausesMs.length < 5; waitedMs += 1_000) {
      await expect(world.identify(token)).rejects.toMatchObject({ name: 'KeysUnavailable' });
      if (world.server.asked.length > fetches) {
        fetches = world.server.asked.length;
        pausesMs.push(waitedMs);
        waitedMs = 0;
      }
      world.clock.pass(1_000);
    }
    // Half of the jitter of 20 % is added; the last two have reached the bound.
    expect(pausesMs.slice(1)).toEqual([66_000, 132_000, 264_000, 330_000]);
    expect(world.warnings).toHaveLength(1);
  });

  it('that are malformed are left out, with a warning that is given once; the others are used', async () => {
    await using world = await jwtWorld({ keys: [first] });
    const odd = [
      null,
      7,
      {},
      { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA', alg: 'ES256' },
      weak,
      { kty: 'oct', k: 'c2VjcmV0' },
      { kty: 'new', pub: 'x' },
    ];
    world.server.answers.set('/jwks', json({ keys: [...odd, first.jwk] }));
    const known = world.token(long);
    expect(await world.identify(known)).toMatchObject(principal);
    world.clock.pass(10 * minuteMs);
    await refreshed(world, known);
    expect(world.warnings).toEqual([
      `jwt:corp: ${world.server.origin}/jwks: ` +
        [1, 2, 3, 4].map((n) => `key ${n} is left out: it is malformed; `).join('') +
        'key 5 is left out: its modulus has 1024 bits; key 6 is left out: it is no public key, "k" is published',
    ]);
  });
});

const weak = { kty: 'RSA', n: Buffer.alloc(128, 0xc1).toString('base64url'), e: 'AQAB', alg: 'RS256', kid: 'weak' };

/** A key that is not published, however it is named. */
const signingKeyNamed = (kid: string) => ({ ...second, jwk: { ...second.jwk, kid } });

/** Shows a token, which sets the refresh off, and waits for the answer that comes of it. */
const refreshed = async (world: Awaited<ReturnType<typeof jwtWorld>>, token: string): Promise<void> => {
  const settled = once(world.refreshes, 'settled');
  expect(await world.identify(token)).toMatchObject(principal);
  await settled;
};
