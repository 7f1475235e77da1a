import { createServer } from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { denyingClosed } from '@gatehouse/policies/engine/layers/closed';
import type { Principal } from '@gatehouse/policies/principal';
import { compileRoutes } from '@gatehouse/policies/routes/load';
import { systemClock } from '../clock.ts';
import type { ContentEffects } from '../content/content-effects.ts';
import { contentWorld, startEffects } from '../content/test/world.ts';
import type { World } from '../content/test/world.ts';
import { decider } from '../decide.ts';
import { proxyDoor } from '../doors/proxy/door.ts';
import { serverOptions } from '../doors/proxy/server-options.ts';
import { closed, listening, openApplication, reasonOf, sendRaw, statusOf } from '../doors/proxy/test/world.ts';
import type { Application } from '../doors/proxy/test/world.ts';
import { modelIn } from '../load-policies.ts';
import { http1Upstream } from '../upstream/http1/http1.ts';
import { ruleEffects } from './rule-effects.ts';
import { fileURLToPath } from 'node:url';

const policies = fileURLToPath(new URL('../../../policies', import.meta.url));

const rulesFor = (origin: string): string => `
version: 1
app: notes
upstreams: { api: ${origin} }
params: { id: slug }
hosts:
  "*":
    GET /notes: { allow: signed-in, filter: "items[*] by can_view on content:notes.note/{id}" }
    POST /notes: { allow: "can_create_content on organization:{account}", registers: "content:notes.note/{response.id}" }
    GET /notes/{id}: { allow: "can_view on content:notes.note/{id}" }
    DELETE /notes/{id}: { allow: "can_delete on content:notes.note/{id}", forgets: "content:notes.note/{id}" }
`;

type Answering = (res: ServerResponse) => void;
const json = { 'content-type': 'application/json' };
const sends =
  (body: string | Buffer, headers: Record<string, string> = {}, status = 200): Answering =>
  (res) =>
    void res.writeHead(status, { ...json, 'content-length': String(Buffer.byteLength(body)), ...headers }).end(body);

describe('an application that answers whatever it likes', () => {
  let world: World;
  let app: Application;
  let server: Server;
  let port: number;
  let content: ContentEffects;
  let answering: Answering = sends('{}');
  const closings: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    world = await contentWorld();
    app = await openApplication((_req, res) => answering(res));
    content = startEffects(world).effects;
    const engine = denyingClosed(world.engine, content.isClosed);
    const { model } = await modelIn(policies);
    const loaded = await compileRoutes([{ file: 'notes.yaml', bytes: Buffer.from(rulesFor(app.origin)) }], {
      folder: 'routes',
      model,
      accountId: async () => undefined,
    });
    if (loaded.kind === 'refused') throw new Error(JSON.stringify(loaded.problems));
    const { acme, rival } = world;
    const accounts = new Map([
      ['acme', { id: acme.accountId, slug: 'acme' }],
      ['rival', { id: rival.accountId, slug: 'rival' }],
    ]);
    const deciding = decider({
      routes: () => loaded.table,
      identify: (bearer) => ({ kind: 'principal', principal: principalOf(world, bearer) }),
      accounts: (name) => accounts.get(name),
      engine,
    });
    const upstream = http1Upstream({ tickMs: 20 });
    const effectOf = ruleEffects({ engine, content, usage: { record: () => undefined }, clock: systemClock });
    const limits = { tickMs: 20, lingerMs: 200 };
    const door = proxyDoor({ decide: deciding.decide, upstream, effectOf, record: () => undefined, limits });
    server = createServer(serverOptions(limits), door.handle);
    port = await listening(server);
    closings.push(
      () => closed(server),
      upstream.close,
      door.close,
      () => app[Symbol.asyncDispose](),
      content.close,
      world.remove,
    );
  });
  afterAll(async () => {
    for (const close of closings) await close();
  });

  const ask = (request: string, who: string, account = ''): Promise<string> =>
    sendRaw(
      port,
      [`${request} HTTP/1.1`, 'Host: a.example', 'Connection: close', `Authorization: Bearer ${who}`]
        .concat(account === '' ? [] : [`Gatehouse-Account: ${account}`])
        .concat(request.startsWith('POST') ? ['Content-Length: 0'] : [], '', '')
        .join('\r\n'),
    );

  const hostile: readonly (readonly [string, Answering])[] = [
    ['nothing', sends('')],
    ['no JSON', sends('<p>made</p>')],
    ['JSON that is said to be text', sends('{"id":"x","items":[{"id":"secret"}]}', { 'content-type': 'text/plain' })],
    ['no type at all', (res) => void res.writeHead(200).end('{"id":"x","items":[{"id":"secret"}]}')],
    ['another shape', sends('[{"id":"secret"}]')],
    ['an id that is no text', sends('{"id":{"a":"secret"},"items":{"0":{"id":"secret"}}}')],
    ['an id outside its alphabet', sends('{"id":"../secret","items":[{"id":"../secret"}]}')],
    ['a name twice', sends('{"id":"secret","id":"b","items":[],"items":[{"id":"secret"}]}')],
    ['a name twice, once escaped', sends('{"id":"secret","\\u0069d":"b","items":[],"\\u0069tems":[{"id":"secret"}]}')],
    ['2 MB', sends(`{"id":"secret","x":"${'x'.repeat(2 << 20)}"}`)],
    ['10 MB', sends(`{"id":"secret","items":[{"id":"secret","x":"${'x'.repeat(10 << 20)}"}]}`)],
    ['100,000 brackets', sends(`{"id":"secret","items":${'['.repeat(100_000)}${']'.repeat(100_000)}}`)],
    ['compressed', sends(gzipSync('{"id":"secret","items":[{"id":"secret"}]}'), { 'content-encoding': 'gzip' })],
    ['a byte order mark', sends('\ufeff{"id":"secret","items":[{"id":"secret"}]}')],
    ['bytes that are no UTF-8', sends(Buffer.from('{"id":"secret","items":[{"id":"secret\xff"}]}', 'latin1'))],
    ['two values', sends('{"id":"secret","items":[]}{"id":"b"}')],
    [
      'half an answer',
      (res) =>
        void (res.writeHead(200, { ...json, 'content-length': '1000' }),
        res.write('{"id":"secret"'),
        setTimeout(() => res.destroy(), 20)),
    ],
    [
      'chunks without an end',
      (res) => {
        res.writeHead(200, json).write('{"id":"secret","items":[');
        const drip = setInterval(() => res.write(`{"id":"secret","x":"${'x'.repeat(200_000)}"},`), 1);
        res.on('close', () => clearInterval(drip));
      },
    ],
  ];

  it.each(hostile)('never gets an unfiltered list through: %s', async (_what, answer) => {
    answering = answer;
    const got = await ask('GET /notes', 'cleo');
    expect({ status: statusOf(got), reason: reasonOf(got) }).toEqual({
      status: 502,
      reason: expect.stringMatching(/unfilterable|upstream_failed/),
    });
    expect(got).not.toContain('secret');
  });

  it.each(hostile)('never gets an object registered by accident: %s', async (_what, answer) => {
    const before = await world.registry();
    answering = answer;
    const got = await ask('POST /notes', 'ann', 'acme');
    expect({ status: statusOf(got), reason: reasonOf(got) }).toEqual({
      status: 502,
      reason: expect.stringMatching(/unregistrable|upstream_failed/),
    });
    expect(got).not.toContain('secret');
    expect(await world.registry()).toEqual(before);
  });

  it('is believed in what it made: the next request is decided by it', async () => {
    answering = sends('{"id":"plan"}', {}, 201);
    expect(statusOf(await ask('POST /notes', 'ann', 'acme'))).toBe(201);
    answering = sends('{"items":[{"id":"plan"},{"id":"other"}]}');
    expect(await ask('GET /notes', 'cleo')).toMatch(/\{"items":\[\{"id":"plan"\}\]\}$/);
    expect(await ask('GET /notes', 'ben')).toMatch(/\{"items":\[\]\}$/);
    expect(statusOf(await ask('GET /notes/plan', 'cleo'))).toBe(200);
    expect(statusOf(await ask('GET /notes/plan', 'ben'))).toBe(403);
  });

  it('cannot hand an object over to another account', async () => {
    answering = sends('{"id":"plan"}', {}, 201);
    const got = await ask('POST /notes', 'ben', 'rival');
    expect({ status: statusOf(got), reason: reasonOf(got) }).toEqual({ status: 502, reason: 'already_registered' });
    expect(statusOf(await ask('GET /notes/plan', 'ben'))).toBe(403);
    expect(content.health().alreadyRegistered).toBe(1);
  });

  it('gives an id that two accounts race for to exactly one of them', async () => {
    for (let round = 0; round < 10; round++) {
      answering = sends(`{"id":"race-${round}"}`, {}, 201);
      const got = await Promise.all([ask('POST /notes', 'ann', 'acme'), ask('POST /notes', 'ben', 'rival')]);
      expect(got.map(statusOf).toSorted((one, other) => one - other)).toEqual([201, 502]);
      answering = sends('{}');
      const seen = await Promise.all(['ann', 'ben'].map((who) => ask(`GET /notes/race-${round}`, who)));
      expect(seen.map(statusOf)).toEqual(got.map(statusOf).map((status) => (status === 201 ? 200 : 403)));
    }
  });

  it('is believed when it says that an object is gone, and only then', async () => {
    answering = sends('{}', {}, 409);
    expect(statusOf(await ask('DELETE /notes/plan', 'ann'))).toBe(409);
    answering = sends('{}');
    expect(statusOf(await ask('GET /notes/plan', 'ann'))).toBe(200);
    expect(statusOf(await ask('DELETE /notes/plan', 'ann'))).toBe(200);
    expect(statusOf(await ask('GET /notes/plan', 'ann'))).toBe(403);
  });
});

const principalOf = ({ ann, ben, cleo }: World, name: string): Principal => {
  const person = { ann, ben, cleo }[name];
  if (person === undefined) throw new Error(`nobody is called ${name}`);
  return {
    subject: `user:${person.userId}`,
    name,
    home: person.home,
    fixedToHome: false,
    hasSeveralAccounts: true,
    credential: 'token',
    scopes: ['all'],
  };
};
