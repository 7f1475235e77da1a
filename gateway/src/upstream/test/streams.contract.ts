import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Upstream } from '../upstream.ts';
import { ask, settled } from './ask.ts';
import type { OpenUpstream } from './ask.ts';
import { hostileServer, sendPieces, plain } from './hostile-server.ts';

const MB = 1024 * 1024;
const piece = Buffer.alloc(64 * 1024, 'abcdefgh');

/** Bodies, aborts and connections that are used again. */
export const streamsContract = (open: OpenUpstream): void => {
  let upstream: Upstream;
  beforeEach(() => {
    upstream = open({ connectionsMax: 1, tickMs: 10 });
  });
  afterEach(() => upstream.close());

  describe('a body', () => {
    it('of 200 MB waits at the application while its reader waits', async () => {
      const total = 200 * MB;
      await using server = await hostileServer((socket) => sendPieces(socket, piece, total));
      const asking = ask(upstream, { origin: server.origin, idleTimeoutMs: 100 });
      asking.hold();
      await asking.data;
      const sent = await settled(() => server.sockets[0]?.bytesWritten ?? 0);
      expect(sent).toBeLessThan(32 * MB);
      expect(asking.heard.ends).toBe(0);
      asking.go();
      expect(await asking.done).toMatchObject({ bytes: total, failure: undefined });
    });

    it('of a request arrives byte for byte, with its length or in chunks', async () => {
      const sums: [string, string][] = [];
      const server = createServer((req, res) => {
        const hash = createHash('sha256');
        req.on('data', (chunk: Buffer) => hash.update(chunk));
        req.on('end', () => {
          sums.push([req.headers['content-length'] ?? req.headers['transfer-encoding'] ?? '', hash.digest('hex')]);
          res.end('ok');
        });
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const pieces = Array.from({ length: 160 }, (_, at) => Buffer.alloc(piece.length, `${at};`));
      const sum = createHash('sha256').update(Buffer.concat(pieces)).digest('hex');
      const length = String(160 * piece.length);
      await ask(upstream, { origin, method: 'POST', headers: ['Content-Length', length], body: Readable.from(pieces) })
        .done;
      await ask(upstream, { origin, method: 'PUT', body: Readable.from(pieces) }).done;
      await ask(upstream, {
        origin,
        method: 'DELETE',
        headers: ['Content-Length', length],
        body: Readable.from(pieces),
      }).done;
      expect(sums).toEqual([
        [length, sum],
        ['chunked', sum],
        [length, sum],
      ]);
      await new Promise((resolve) => server.close(resolve).closeAllConnections());
    });

    it('of a request waits in its source while the application does not read', async () => {
      let taken = 0;
      const source = Readable.from(
        (function* () {
          for (; taken < 200 * MB; taken += piece.length) yield piece;
        })(),
      );
      await using server = await hostileServer((socket) => void socket.pause());
      const asking = ask(upstream, { origin: server.origin, method: 'POST', body: source, headersTimeoutMs: 300 });
      expect(await asking.done).toMatchObject({ failure: 'timeout' });
      expect(taken).toBeLessThan(32 * MB);
    });

    it('of a request may be answered before it ends', async () => {
      const source = new Readable({ read: () => undefined });
      source.push('hello');
      await using server = await hostileServer((socket) => socket.write(plain('too much')));
      const asking = ask(upstream, { origin: server.origin, method: 'POST', body: source });
      expect(await asking.done).toMatchObject({ status: 200, body: 'too much', failure: undefined, ends: 1 });
      const next = ask(upstream, { origin: server.origin, path: '/next' });
      expect(await next.done).toMatchObject({ status: 200, failure: undefined });
      expect(server.sockets).toHaveLength(2);
    });

    it('of a request that its sender delays is not the application’s fault', async () => {
      const source = new Readable({ read: () => undefined });
      source.push('hello');
      await using server = await hostileServer(() => undefined);
      const slow = ask(upstream, { origin: server.origin, method: 'POST', body: source, headersTimeoutMs: 30 });
      const other = open({ connectionsMax: 1, tickMs: 10 });
      expect(await ask(other, { origin: server.origin, headersTimeoutMs: 90 }).done).toMatchObject({
        failure: 'timeout',
      });
      expect(slow.heard.ends).toBe(0);
      source.push(null);
      expect(await slow.done).toMatchObject({ failure: 'timeout' });
      await other.close();
    });
  });

  describe('an abort', () => {
    it('before the head reaches the application at once', async () => {
      await using server = await hostileServer((socket) => void socket);
      const asking = ask(upstream, { origin: server.origin });
      while (server.heads.length === 0) await new Promise((resolve) => setImmediate(resolve));
      const gone = once(server.sockets[0] as NodeJS.EventEmitter, 'close');
      asking.exchange.abort();
      expect(asking.heard).toMatchObject({ failure: 'aborted', ends: 1 });
      await gone;
    });

    it('in the middle of a body reaches the application at once', async () => {
      await using server = await hostileServer((socket) => socket.write('HTTP/1.1 200 OK\r\n\r\nhello'));
      const asking = ask(upstream, { origin: server.origin });
      await asking.data;
      const gone = once(server.sockets[0] as NodeJS.EventEmitter, 'close');
      asking.exchange.abort();
      expect(asking.heard).toMatchObject({ body: 'hello', failure: 'aborted', ends: 1 });
      await gone;
    });

    it('of a request that waits for a connection sends nothing and costs no connection', async () => {
      await using server = await hostileServer((socket, _head, count) => {
        if (count > 1) socket.write(plain('next'));
      });
      const first = ask(upstream, { origin: server.origin, path: '/first' });
      while (server.heads.length === 0) await new Promise((resolve) => setImmediate(resolve));
      const second = ask(upstream, { origin: server.origin, path: '/second' });
      const third = ask(upstream, { origin: server.origin, path: '/third' });
      second.exchange.abort();
      expect(second.heard).toMatchObject({ failure: 'aborted', ends: 1 });
      server.sockets[0]?.write(plain('first'));
      expect(await first.done).toMatchObject({ body: 'first' });
      expect(await third.done).toMatchObject({ body: 'next' });
      expect(server.heads.map((head) => head.split(' ')[1])).toEqual(['/first', '/third']);
      expect(server.sockets).toHaveLength(1);
    });

    it('after the end changes nothing', async () => {
      await using server = await hostileServer((socket) => socket.write(plain('hello')));
      const asking = ask(upstream, { origin: server.origin });
      await asking.done;
      asking.exchange.abort();
      asking.exchange.resume();
      expect(asking.heard).toMatchObject({ failure: undefined, ends: 1 });
    });
  });

  describe('a connection that is used again', () => {
    const inTurn = async (
      origin: string,
      requests: readonly { method?: string; body?: Readable }[],
    ): Promise<string[]> => {
      const results: string[] = [];
      for (const request of requests) {
        const { failure, status, body } = await ask(upstream, { origin, ...request }).done;
        results.push(failure ?? `${status ?? 0} ${body}`);
      }
      return results;
    };
    const bodied = (): Readable => Readable.from([Buffer.from('x')]);

    it('carries several requests', async () => {
      await using server = await hostileServer((socket, _head, count) => socket.write(plain(String(count))));
      expect(await inTurn(server.origin, [{}, {}, {}])).toEqual(['200 1', '200 2', '200 3']);
      expect(server.sockets).toHaveLength(1);
    });

    it.each([
      ['surplus bytes behind an answer', `${plain('one')}HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison`],
      [
        'a 204 with a body',
        'HTTP/1.1 204 No Content\r\nContent-Length: 43\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison',
      ],
    ])('never gives %s to the next request', async (_title, bytes) => {
      await using server = await hostileServer((socket, _head, count) =>
        socket.write(count === 1 ? bytes : plain('two')),
      );
      expect((await inTurn(server.origin, [{}, {}]))[1]).toBe('200 two');
    });

    it('never gives bytes that came while it was idle to the next request', async () => {
      await using server = await hostileServer((socket, _head, count) => socket.write(plain(String(count))));
      await inTurn(server.origin, [{}]);
      const gone = once(server.sockets[0] as NodeJS.EventEmitter, 'close');
      server.sockets[0]?.write(plain('poison'));
      await gone;
      expect(await inTurn(server.origin, [{}])).toEqual(['200 2']);
    });

    it.each(['GET', 'HEAD'])('and reset before it answers %s costs a second sending, and only one', async (method) => {
      await using server = await hostileServer((socket, _head, count) => {
        if (count === 2) socket.resetAndDestroy();
        else socket.write(plain('').replace('200', String(200 + count)));
      });
      expect(await inTurn(server.origin, [{}, { method }])).toEqual(['201 ', '203 ']);
      expect(server.heads).toHaveLength(3);
    });

    it('and closed before it answers a GET costs a second sending', async () => {
      await using server = await hostileServer((socket, _head, count) => {
        if (count === 2) socket.end();
        else socket.write(plain(String(count)));
      });
      expect(await inTurn(server.origin, [{}, {}])).toEqual(['200 1', '200 3']);
    });

    it('and reset twice is broken', async () => {
      await using server = await hostileServer((socket, _head, count) => {
        if (count === 1) socket.write(plain('one'));
        else socket.resetAndDestroy();
      });
      expect(await inTurn(server.origin, [{}, {}])).toEqual(['200 one', 'broken']);
      expect(server.heads).toHaveLength(3);
    });

    it.each([
      ['a POST', 'POST', undefined, ''],
      ['a DELETE', 'DELETE', undefined, ''],
      ['a GET with a body', 'GET', bodied, ''],
      ['a GET that was half answered', 'GET', undefined, 'HTTP/1.1 2'],
    ] as const)(
      'and lost before it answers %s is broken, and nothing is sent twice',
      async (_title, method, body, half) => {
        await using server = await hostileServer((socket, _head, count) => {
          if (count === 1) socket.write(plain('one'));
          else if (half === '') socket.resetAndDestroy();
          else socket.end(half);
        });
        const second = body === undefined ? { method } : { method, body: body() };
        expect(await inTurn(server.origin, [{}, second])).toEqual(['200 one', 'broken']);
        expect(server.heads).toHaveLength(2);
      },
    );
  });
};
