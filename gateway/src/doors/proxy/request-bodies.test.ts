import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { settled } from '../../upstream/test/ask.ts';
import { hostileServer, plain } from '../../upstream/test/hostile-server.ts';
import { awaitText, flood, open, post, text } from './test/sockets.ts';
import { get, openApplication, openDoor, reasonOf, sendRaw, statusOf } from './test/world.ts';

const MB = 1024 * 1024;
describe('a request body', () => {
  it.each(['Content-Length', 'chunked'])('of 20 MB arrives byte for byte (%s)', async (framing) => {
    await using application = await openApplication();
    await using world = await openDoor({ origin: application.origin, rule: { bodyBytesMax: 32 * MB } });
    const body = Buffer.from(Array.from({ length: 20 * 1024 }, (_, at) => String(at).padEnd(1024, '.')).join(''));
    const headers = framing === 'chunked' ? { 'Transfer-Encoding': 'chunked' } : { 'Content-Length': body.length };
    const sending = request({ port: world.port, method: 'PUT', headers });
    sending.end(body);
    const [answer] = (await once(sending, 'response')) as [IncomingMessage];
    expect(answer.statusCode).toBe(200);
    answer.resume();
    const sum = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex');
    expect(sum(Buffer.from(application.seen[0]?.body ?? '', 'latin1'))).toBe(sum(body));
    const names = application.seen[0]?.rawHeaders.map((name) => name.toLowerCase());
    expect(names).toContain(framing === 'chunked' ? 'transfer-encoding' : 'content-length');
  });

  it('waits at the client while the application does not read', async () => {
    await using server = await hostileServer((socket) => void socket.pause());
    await using world = await openDoor({ origin: server.origin, rule: { bodyBytesMax: 400 * MB, timeoutMs: 400 } });
    const client = open(world.port);
    client.write(post(`Content-Length: ${400 * MB}`));
    flood(client);
    expect(await settled(() => client.bytesWritten)).toBeLessThan(48 * MB);
    expect(await world.outcomesOf(1)).toMatchObject([{ status: 504, reason: 'upstream_timeout' }]);
    client.destroy();
  });

  it('that is announced as too large is refused before the application hears of it', async () => {
    await using application = await openApplication();
    await using world = await openDoor({ origin: application.origin, rule: { bodyBytesMax: 4 } });
    const answer = await sendRaw(world.port, `${post('Content-Length: 5')}hello`);
    expect([statusOf(answer), reasonOf(answer)]).toEqual([413, 'body_too_large']);
    expect(answer).toMatch(/^Connection: close\r$/m);
    expect(application.seen).toEqual([]);
  });

  it('that turns out too large is refused, and never arrives as complete', async () => {
    await using application = await openApplication();
    await using world = await openDoor({ origin: application.origin, rule: { bodyBytesMax: 4 } });
    const answer = await sendRaw(world.port, `${post('Transfer-Encoding: chunked')}3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n`);
    expect([statusOf(answer), reasonOf(answer)]).toEqual([413, 'body_too_large']);
    expect(world.outcomes).toMatchObject([{ status: 413, verdict: 'allow', ending: 'complete' }]);
    expect(application.seen).toEqual([]);
  });

  it('of exactly the bound passes', async () => {
    await using application = await openApplication();
    await using world = await openDoor({ origin: application.origin, rule: { bodyBytesMax: 4 } });
    const answer = await sendRaw(
      world.port,
      `${post('Transfer-Encoding: chunked', 'Connection: close')}4\r\nabcd\r\n0\r\nX: 1\r\n\r\n`,
    );
    expect(statusOf(answer)).toBe(200);
    expect(application.seen).toMatchObject([{ body: 'abcd' }]);
  });

  it.each([
    ['stops', [] as string[]],
    ['drips', ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o', 'p', 'q', 'r', 's', 't']],
  ])('that %s is refused as too slow', async (_title, letters) => {
    await using application = await openApplication();
    await using world = await openDoor({ origin: application.origin, limits: { bodyIdleTimeoutMs: 100 } });
    const client = open(world.port);
    client.write(`${post('Content-Length: 1000')}hello`);
    const timer = setInterval(() => client.write(letters.shift() ?? ''), 20);
    const answer = await text(client);
    clearInterval(timer);
    expect([statusOf(answer), reasonOf(answer)]).toEqual([408, 'too_slow']);
    expect(world.outcomes).toMatchObject([{ status: 408, verdict: 'allow' }]);
    expect(application.seen).toEqual([]);
  });

  it('that breaks off is aborted at the application', async () => {
    const reached = Promise.withResolvers<Socket>();
    await using server = await hostileServer((socket) => reached.resolve(socket));
    await using world = await openDoor({ origin: server.origin });
    const client = open(world.port);
    client.write(`${post('Content-Length: 1000')}hello`);
    const gone = once(await reached.promise, 'close');
    client.destroy();
    await gone;
    expect(await world.outcomesOf(1)).toMatchObject([{ status: 0, ending: 'client-left' }]);
  });

  it('whose chunks go wrong under way is refused', async () => {
    const reached = Promise.withResolvers<Socket>();
    await using server = await hostileServer((socket) => reached.resolve(socket));
    await using world = await openDoor({ origin: server.origin });
    const client = open(world.port);
    client.write(`${post('Transfer-Encoding: chunked')}5\r\nhello\r\n`);
    const gone = once(await reached.promise, 'close');
    client.write('zz\r\n');
    const answer = await text(client);
    expect([statusOf(answer), reasonOf(answer)]).toEqual([400, 'bad_request']);
    await gone;
    expect(world.outcomes).toHaveLength(1);
  });

  it('that is answered before its end gets the answer, then the connection is closed', async () => {
    await using server = await hostileServer((socket) => socket.write(plain('enough')));
    await using world = await openDoor({ origin: server.origin });
    const client = open(world.port);
    client.write(`${post('Content-Length: 1000')}hello`);
    expect(await text(client)).toMatch(/\r\n\r\nenough$/);
    expect(world.outcomes).toMatchObject([{ status: 200, ending: 'complete' }]);
  });

  it('that ends soon after an early answer leaves the connection in use', async () => {
    await using server = await hostileServer((socket) => socket.write(plain('enough')));
    await using world = await openDoor({ origin: server.origin, limits: { lingerMs: 5_000 } });
    const client = open(world.port);
    client.write(`${post('Content-Length: 10')}hello`);
    await awaitText(client, /enough/);
    client.write(`world${get()}`);
    expect(await text(client)).toMatch(/\r\n\r\nenough$/);
    expect(world.outcomes).toHaveLength(2);
  });
});

describe('a client that waits for 100', () => {
  it('is told to go on after an allow', async () => {
    await using application = await openApplication();
    await using world = await openDoor({ origin: application.origin });
    const client = open(world.port);
    client.write(post('Content-Length: 5', 'Expect: 100-continue', 'Connection: close'));
    await awaitText(client, /^HTTP\/1\.1 100 Continue\r\n\r\n$/);
    client.write('hello');
    expect(statusOf(await text(client))).toBe(200);
    expect(application.seen).toMatchObject([{ body: 'hello' }]);
    expect(application.seen[0]?.rawHeaders.map((name) => name.toLowerCase())).not.toContain('expect');
  });

  it('is refused without a 100 when it may not', async () => {
    await using application = await openApplication();
    const decide = () => ({ kind: 'deny', reason: 'not_permitted', asked: [] }) as const;
    await using world = await openDoor({ origin: application.origin, decide });
    const answer = await sendRaw(world.port, post('Content-Length: 5', 'Expect: 100-continue'));
    expect(answer).toMatch(/^HTTP\/1\.1 403 /);
    expect(answer).not.toContain(' 100 ');
    expect(application.seen).toEqual([]);
  });

  it('is refused without a 100 when its body is too large', async () => {
    await using application = await openApplication();
    await using world = await openDoor({ origin: application.origin, rule: { bodyBytesMax: 4 } });
    const answer = await sendRaw(world.port, post('Content-Length: 5', 'Expect: 100-continue'));
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(application.seen).toEqual([]);
  });
});

describe('a refused request with a body', () => {
  const decide = () => ({ kind: 'deny', reason: 'not_permitted', asked: [] }) as const;

  it('gets its answer, and its connection is closed', async () => {
    await using application = await openApplication();
    await using world = await openDoor({ origin: application.origin, decide });
    const answer = await sendRaw(world.port, `${post(`Content-Length: ${4 * MB}`)}${'x'.repeat(512 * 1024)}`);
    expect(statusOf(answer)).toBe(403);
    expect(answer).toMatch(/^Connection: close\r$/m);
    expect(answer).toMatch(/}$/);
  });

  it('that never ends is not read for ever', async () => {
    await using application = await openApplication();
    await using world = await openDoor({ origin: application.origin, decide, limits: { lingerMs: 60_000 } });
    const client = open(world.port);
    client.write(post('Content-Length: 1000000000'));
    flood(client);
    client.resume();
    await new Promise((resolve) => client.once('close', resolve));
    expect(world.outcomes).toMatchObject([{ status: 403 }]);
  });

  it('whose client leaves while the rest of it is read harms nobody', async () => {
    await using application = await openApplication();
    await using world = await openDoor({ origin: application.origin, decide, limits: { lingerMs: 60_000 } });
    const client = open(world.port);
    client.write(`${post('Content-Length: 1000')}hello`);
    await awaitText(client, /not_permitted/);
    const left = new Promise((resolve) => client.once('close', resolve));
    client.resetAndDestroy();
    await left;
    expect(statusOf(await sendRaw(world.port, get()))).toBe(403);
    expect(world.outcomes).toHaveLength(2);
  });
});
