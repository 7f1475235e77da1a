import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../verdict.ts';
import { hostileServer } from '../../upstream/test/hostile-server.ts';
import { open, text } from './test/sockets.ts';
import { allowed, get, openApplication, openDoor, ruleTo, sendRaw, statusOf } from './test/world.ts';

const H = 'Host: a.example\r\n';
const smuggled = `POST /smuggled HTTP/1.1\r\n${H}Content-Length: 3\r\n\r\nabc`;
const upgrade = `GET /smuggled HTTP/1.1\r\n${H}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`;
const slow = `GET /slow HTTP/1.1\r\n${H}\r\n`;
const answers = (bytes: string): number => bytes.match(/HTTP\/1\.1 \d{3} /g)?.length ?? 0;

const refused: readonly (readonly [title: string, bytes: string, status: number])[] = [
  ['two Authorizations', `GET /a/b HTTP/1.1\r\n${H}Authorization: Bearer a\r\nAuthorization: Bearer a\r\n\r\n`, 400],
  ['a Host with a blank', 'GET /a/b HTTP/1.1\r\nHost: a b\r\n\r\n', 400],
  ['an ambiguous path', `GET /a/../b HTTP/1.1\r\n${H}\r\n`, 400],
  ['gzip, chunked', `POST /a/b HTTP/1.1\r\n${H}Transfer-Encoding: gzip, chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n`, 501],
  ['a broken length', `POST /a/b HTTP/1.1\r\n${H}Content_Length: 3\r\nContent-Length: 3\r\n\r\nabc`, 400],
  ['HTTP/2.0 as a text line', `GET / HTTP/2.0\r\n${H}\r\n`, 505],
];
const behind: readonly (readonly [title: string, bytes: string])[] = [
  ['a request', smuggled],
  ['two requests', smuggled + smuggled],
  ['a request that expects a 100', smuggled.replace('\r\n\r\n', '\r\nExpect: 100-continue\r\n\r\n')],
  ['an upgrade', upgrade],
  ['a CONNECT', `CONNECT a.example:443 HTTP/1.1\r\n${H}\r\n`],
  ['another refusable request', 'GET / HTTP/1.1\r\n\r\n'],
  ['garbage', '\x16\x03garbage\r\n\r\n'],
  ['a chunked body', '3\r\nabc\r\n0\r\n\r\n'],
];
const rows = refused.flatMap(([title, bytes, status]) =>
  behind.map(([what, more]) => [what, title, bytes + more, status] as const),
);

describe('behind a refusal that closes', () => {
  it.each(rows)('%s is nobody’s: %s', async (_what, _title, bytes, status) => {
    await using application = await openApplication();
    let decided = 0;
    const verdict = allowed(ruleTo(application.origin));
    const decide = (): Verdict => {
      decided += 1;
      return verdict;
    };
    await using world = await openDoor({ origin: application.origin, decide });
    const answer = await sendRaw(world.port, bytes);
    expect(statusOf(answer)).toBe(status);
    expect(answers(answer)).toBe(1);
    expect(answer).toMatch(/\}$/);
    expect(decided).toBe(0);
    expect(application.seen).toEqual([]);
    expect(world.outcomes).toMatchObject([{ status, ending: 'complete' }]);
  });

  it('a body under Transfer_Encoding is nobody’s request', async () => {
    await using application = await openApplication();
    await using world = await openDoor({ origin: application.origin });
    const head = `POST / HTTP/1.1\r\n${H}Transfer_Encoding: chunked\r\n\r\n`;
    const answer = await sendRaw(world.port, `${head}3\r\nabc\r\n0\r\n\r\n`);
    expect([statusOf(answer), answers(answer)]).toEqual([400, 1]);
    expect(world.outcomes).toMatchObject([{ status: 400, reason: 'ambiguous_header' }]);
  });

  it('with a body that was not read, a request is not decided', async () => {
    await using application = await openApplication();
    const paths: string[] = [];
    const decide = ({ target }: { readonly target: { readonly path: string } }): Verdict => {
      paths.push(target.path);
      return { kind: 'deny', reason: 'not_permitted', asked: [] };
    };
    await using world = await openDoor({ origin: application.origin, decide });
    const answer = await sendRaw(world.port, smuggled.replace('/smuggled', '/first') + smuggled);
    expect([statusOf(answer), answers(answer)]).toEqual([403, 1]);
    expect(paths).toEqual(['/first']);
    expect(world.outcomes).toHaveLength(1);
  });

  it('nothing is served, and what came before it still is', async () => {
    const waiting: ServerResponse[] = [];
    await using application = await openApplication((_req, res) => waiting.push(res));
    await using world = await openDoor({ origin: application.origin });
    const answered = sendRaw(world.port, slow + (refused[0]?.[1] ?? '') + smuggled);
    await world.outcomesOf(1);
    while (waiting.length === 0) await new Promise(setImmediate);
    for (const res of waiting) res.end('hello');
    const answer = await answered;
    expect(answer.match(/HTTP\/1\.1 \d{3} /g)).toEqual(['HTTP/1.1 200 ', 'HTTP/1.1 400 ']);
    expect(application.seen.map(({ url }) => url)).toEqual(['/slow']);
    expect(world.outcomes.map(({ status }) => status)).toEqual([400, 200]);
  });
});

describe('an upgrade behind a request that is being answered', () => {
  it('puts no byte into that answer', async () => {
    await using server = await hostileServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhello');
    });
    await using world = await openDoor({ origin: server.origin });
    const client = open(world.port);
    client.write(slow + upgrade);
    expect(await text(client)).not.toContain('501');
    expect(await world.outcomesOf(1)).toMatchObject([{ path: '/slow' }]);
  });
});

describe('behind a request that closes its connection', () => {
  const posted = `POST /first HTTP/1.1\r\n${H}Connection: close\r\nContent-Length: 3\r\n\r\nabc`;
  const chunked = posted.replace(
    'Content-Length: 3\r\n\r\nabc',
    'Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
  );
  const first = [
    ['a POST', posted],
    ['a POST in chunks', chunked],
    ['a GET', get('/first')],
    ['an HTTP/1.0 GET', `GET /first HTTP/1.0\r\n${H}\r\n`],
  ] as const;
  const surplus = [
    ['a letter', 'x'],
    ['a request', smuggled],
    ['garbage', '\x16\x03garbage\r\n\r\n'],
    ['a lot', 'x'.repeat(300_000)],
  ] as const;
  const both = first.flatMap(([title, bytes]) => surplus.map(([what, more]) => [what, title, bytes, more] as const));

  it.each(both)('%s is ignored, and the answer to %s delivered', async (_what, _title, bytes, more) => {
    const waiting = Promise.withResolvers<ServerResponse>();
    await using application = await openApplication((_req, res) => waiting.resolve(res));
    await using world = await openDoor({ origin: application.origin });
    const client = open(world.port);
    client.write(bytes + more);
    const answered = text(client);
    const res = await waiting.promise;
    client.write(more);
    res.end('hello');
    const answer = await answered;
    expect([statusOf(answer), answers(answer)]).toEqual([200, 1]);
    expect(answer).toMatch(/hello$/);
    expect(application.seen.map(({ url }) => url)).toEqual(['/first']);
    expect(world.outcomes).toMatchObject([{ status: 200, ending: 'complete' }]);
  });

  it('a client that leaves is noticed', async () => {
    const reached = Promise.withResolvers<Socket>();
    await using server = await hostileServer((socket) => reached.resolve(socket));
    await using world = await openDoor({ origin: server.origin });
    const client = open(world.port);
    client.write(`${posted}x`);
    const gone = once(await reached.promise, 'close');
    client.end();
    await gone;
    expect(await world.outcomesOf(1)).toMatchObject([{ status: 0, ending: 'client-left' }]);
  });
});

describe('a connection that the server closes', () => {
  it.each([
    ['before', '', 0],
    ['in the middle of', 'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhello', 200],
  ])('%s the answer is a cut', async (_title, begun, status) => {
    const reached = Promise.withResolvers<Socket>();
    await using server = await hostileServer((socket) => {
      if (begun !== '') socket.write(begun);
      reached.resolve(socket);
    });
    await using world = await openDoor({ origin: server.origin });
    const client = open(world.port);
    client.on('error', () => undefined).write(get());
    const upstream = await reached.promise;
    const gone = once(upstream, 'close');
    if (begun !== '') await once(client, 'data');
    world.server.closeAllConnections();
    await gone;
    expect(await world.outcomesOf(1)).toMatchObject([{ status, ending: 'cut', verdict: 'allow' }]);
  });
});
