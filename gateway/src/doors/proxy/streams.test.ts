import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { settled } from '../../upstream/test/ask.ts';
import { hostileServer, sendPieces } from '../../upstream/test/hostile-server.ts';
import { awaitText, flood, open, text } from './test/sockets.ts';
import { get, openApplication, openDoor, reasonOf, sendRaw, statusOf } from './test/world.ts';

const MB = 1024 * 1024;
describe('an answer', () => {
  it('of events flows piece by piece, head first', async () => {
    let stream: ServerResponse | undefined;
    await using application = await openApplication((_req, res) => {
      stream = res;
      res.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders();
    });
    await using world = await openDoor({ origin: application.origin, rule: { timeoutMs: 60 } });
    const client = open(world.port);
    client.write(get());
    expect(await awaitText(client, /\r\n\r\n/)).toMatch(/^HTTP\/1\.1 200 /);
    for (const event of ['one', 'two', 'three']) {
      stream?.write(`data: ${event}\n\n`);
      expect(await awaitText(client, /\n\n/)).toContain(`data: ${event}\n\n`);
    }
    stream?.end();
    expect(await text(client)).toBe('0\r\n\r\n');
    expect(world.outcomes).toMatchObject([{ status: 200, ending: 'complete' }]);
  });

  it('of 200 MB arrives byte for byte, and waits at the application while the client waits', async () => {
    const piece = Buffer.alloc(64 * 1024, 'abcdefgh');
    const total = 200 * MB;
    await using server = await hostileServer((socket) => sendPieces(socket, piece, total));
    await using world = await openDoor({ origin: server.origin });
    const [answer] = (await once(request({ port: world.port }).end(), 'response')) as [IncomingMessage];
    const sent = await settled(() => server.sockets[0]?.bytesWritten ?? 0);
    expect(sent).toBeLessThan(48 * MB);
    const hash = createHash('sha256');
    for await (const chunk of answer) hash.update(chunk as Buffer);
    const whole = createHash('sha256');
    for (let at = 0; at < total; at += piece.length) whole.update(piece);
    expect(hash.digest('hex')).toBe(whole.digest('hex'));
    expect(world.outcomes).toMatchObject([{ status: 200, ending: 'complete' }]);
  });

  it('that nobody reads is given up', async () => {
    await using server = await hostileServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      flood(socket);
    });
    await using world = await openDoor({ origin: server.origin, limits: { answerIdleTimeoutMs: 100 } });
    const client = open(world.port);
    client.pause().write(get());
    expect(await world.outcomesOf(1)).toMatchObject([{ status: 200, ending: 'cut', reason: 'too_slow' }]);
    client.destroy();
  });

  it.each([
    ['by its length', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello'],
    ['in chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhello'],
  ])('that the application breaks off, framed %s, ends in a reset', async (_title, bytes) => {
    await using server = await hostileServer((socket) => void socket.write(bytes, () => socket.resetAndDestroy()));
    await using world = await openDoor({ origin: server.origin });
    for (const asked of [get(), get().replace('HTTP/1.1', 'HTTP/1.0')]) {
      await expect(sendRaw(world.port, asked)).rejects.toMatchObject({ code: 'ECONNRESET' });
    }
    expect(world.outcomes).toMatchObject(
      [1, 2].map(() => ({ status: 200, ending: 'cut', reason: 'upstream_failed', verdict: 'allow' })),
    );
  });

  it('that the client leaves is aborted at the application at once', async () => {
    await using server = await hostileServer((socket) => socket.write('HTTP/1.1 200 OK\r\n\r\nhello'));
    await using world = await openDoor({ origin: server.origin });
    const client = open(world.port);
    client.write(get());
    await awaitText(client, /hello/);
    const gone = once(server.sockets[0] as Socket, 'close');
    client.resetAndDestroy();
    await gone;
    expect(await world.outcomesOf(1)).toMatchObject([{ status: 200, ending: 'client-left' }]);
  });

  it('that has not begun is aborted at the application when the client leaves', async () => {
    const reached = Promise.withResolvers<Socket>();
    await using server = await hostileServer((socket) => reached.resolve(socket));
    await using world = await openDoor({ origin: server.origin });
    const client = open(world.port);
    client.write(get());
    const gone = once(await reached.promise, 'close');
    client.destroy();
    await gone;
    expect(await world.outcomesOf(1)).toMatchObject([{ status: 0, ending: 'client-left', verdict: 'allow' }]);
  });
});

describe('garbage behind a request', () => {
  it.each([
    ['that is being answered', get('/slow').replace('Connection: close\r\n', '')],
    [
      'that is being answered, behind one that was refused',
      (get('/slow') + get('/a//b')).replaceAll('Connection: close\r\n', ''),
    ],
  ])('%s ends the connection and puts no byte into the answer', async (_title, requests) => {
    const reached = Promise.withResolvers<Socket>();
    await using server = await hostileServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhello', () => reached.resolve(socket));
    });
    await using world = await openDoor({ origin: server.origin });
    const client = open(world.port);
    client.write(requests);
    const gone = once(await reached.promise, 'close');
    const answer = awaitText(client, /hello/);
    await answer;
    client.write('\x16\x03garbage\r\n\r\n');
    expect(await text(client)).toBe('');
    await gone;
    expect(world.outcomes.find(({ path }) => path === '/slow')).toMatchObject({ status: 200, ending: 'cut' });
  });

  it('that was answered is answered by itself', async () => {
    await using application = await openApplication();
    await using world = await openDoor({ origin: application.origin });
    const client = open(world.port);
    client.write(get().replace('Connection: close\r\n', ''));
    await awaitText(client, /hello$/);
    client.write('\x16\x03garbage\r\n\r\n');
    expect(await text(client)).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(world.outcomes).toMatchObject([{ status: 200 }, { status: 400, reason: 'bad_request' }]);
  });
});

describe('a head', () => {
  it('that does not come to its end is refused as too slow', async () => {
    await using application = await openApplication();
    await using world = await openDoor({ origin: application.origin, limits: { headTimeoutMs: 100 } });
    const answer = await sendRaw(world.port, 'GET / HTTP/1.1\r\nHost: a.exa');
    expect([statusOf(answer), reasonOf(answer)]).toEqual([408, 'too_slow']);
    expect(world.outcomes).toMatchObject([{ status: 408, reason: 'too_slow' }]);
  });

  it('that does not begin is nobody’s request', async () => {
    await using application = await openApplication();
    await using world = await openDoor({ origin: application.origin, limits: { headTimeoutMs: 100 } });
    const client = open(world.port);
    expect(await text(client)).toBe('');
    expect(world.outcomes).toEqual([]);
  });
});
