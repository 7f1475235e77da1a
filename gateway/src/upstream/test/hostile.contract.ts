import { once } from 'node:events';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Upstream } from '../upstream.ts';
import { ask } from './ask.ts';
import type { OpenUpstream } from './ask.ts';
import { brokenBodies, brokenHeads, odd } from './hostile-answers.ts';
import { hostileServer, plain } from './hostile-server.ts';
import type { HostileServer } from './hostile-server.ts';

const head = (...lines: string[]): string => `${['HTTP/1.1 200 OK', ...lines].join('\r\n')}\r\n\r\n`;
const poison = plain('poison');

/** Applications, or who speaks in their place, that want more than to answer badly. */
export const hostileContract = (open: OpenUpstream): void => {
  let upstream: Upstream;
  beforeEach(() => {
    upstream = open({ connectionsMax: 1, tickMs: 10 });
  });
  afterEach(() => upstream.close());

  describe('an unusual answer', () => {
    it.each(odd)('with %s is heard as it was meant', async (_title, bytes, status) => {
      await using server = await hostileServer((socket) => socket.end(bytes, 'latin1'));
      const heard = await ask(upstream, { origin: server.origin }).done;
      expect(heard).toMatchObject({ status, body: 'hello', failure: undefined, heads: 1, ends: 1 });
    });

    it('that comes byte by byte is the same answer', async () => {
      const bytes = `HTTP/1.1 103 Early\r\n\r\n${head('Transfer-Encoding: chunked')}5;a="b"\r\nhello\r\n0\r\nX: y\r\n\r\n`;
      await using server = await hostileServer((socket) => {
        socket.setNoDelay(true);
        const send = (at: number): void =>
          void (at < bytes.length && socket.write(bytes.charAt(at), () => send(at + 1)));
        send(0);
      });
      const heard = await ask(upstream, { origin: server.origin }).done;
      expect(heard).toMatchObject({ status: 200, body: 'hello', failure: undefined, heads: 1, ends: 1 });
    });
  });

  describe('a broken answer', () => {
    it.each(brokenHeads)('with %s has no head', async (_title, bytes) => {
      await using server = await hostileServer((socket) => socket.end(bytes, 'latin1'));
      const heard = await ask(upstream, { origin: server.origin }).done;
      expect(heard).toMatchObject({ failure: 'broken', body: '', heads: 0, ends: 1 });
    });

    it.each(brokenBodies)('with %s has no end', async (_title, bytes, body) => {
      await using server = await hostileServer((socket) => socket.end(bytes, 'latin1'));
      const heard = await ask(upstream, { origin: server.origin }).done;
      expect(heard).toMatchObject({ failure: 'broken', status: 200, body, heads: 1, ends: 1 });
    });

    it.each([
      ['garbage', 'hello hello hello\r\n'],
      ['bare LF', 'HTTP/1.1 200 OK\nContent-Length: 5\n\nhello'],
      ['a bad chunk', `${head('Transfer-Encoding: chunked')}5\nhello`],
      ['two lengths', head('Content-Length: 5', 'Content-Length: 6')],
    ])('with %s is found though the connection stays open', async (_title, bytes) => {
      await using server = await hostileServer((socket) => void socket.write(bytes));
      const asking = ask(upstream, { origin: server.origin, headersTimeoutMs: 60_000, idleTimeoutMs: 60_000 });
      expect(await asking.done).toMatchObject({ failure: 'broken', ends: 1 });
    });
  });

  describe('the next request', () => {
    /** Bodies of two answers in turn; the server says the first one's bytes and answers every other plainly. */
    const inTurn = async (bytes: string, request: { method?: string; body?: Readable } = {}) => {
      await using server = await hostileServer((socket, _head, count) =>
        socket.write(count === 1 ? bytes : plain('own'), 'latin1'),
      );
      const first = await ask(upstream, { origin: server.origin, ...request }).done;
      const second = await ask(upstream, { origin: server.origin }).done;
      return { first, second: second.body, connections: server.sockets.length };
    };
    const bodied = (): Readable => Readable.from([Buffer.from('x')]);

    it.each([
      ['surplus bytes', plain('') + poison],
      ['a body with 304', `HTTP/1.1 304 Not Modified\r\nContent-Length: ${poison.length}\r\n\r\n${poison}`],
      ['chunks with 204', `HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n6\r\npoison\r\n0\r\n\r\n`],
      ['a length with 304, and no body', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n'],
      ['Connection: close', head('Connection: close', 'Content-Length: 0')],
      ['Close among others', head('Connection: x, Close', 'Content-Length: 0')],
      ['HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n'],
      ['a Keep-Alive that is over at once', head('Keep-Alive: timeout=1', 'Content-Length: 0')],
    ])('has a connection of its own after %s', async (_title, bytes) => {
      expect(await inTurn(bytes)).toMatchObject({ first: { failure: undefined }, second: 'own', connections: 2 });
    });

    it.each([
      ['HEAD', 'HEAD', undefined],
      ['a GET with a body', 'GET', bodied],
      ['a DELETE with a body', 'DELETE', bodied],
    ])('has a connection of its own after %s', async (_title, method, body) => {
      const request = body === undefined ? { method } : { method, body: body() };
      expect(await inTurn(plain(''), request)).toMatchObject({ second: 'own', connections: 2 });
    });

    it.each([
      ['HEAD with a body', 'HEAD', `${head(`Content-Length: ${poison.length}`)}${poison}`],
      ['HEAD with chunks', 'HEAD', `${head('Transfer-Encoding: chunked')}6\r\npoison\r\n0\r\n\r\n`],
    ])('never hears what came to %s', async (_title, method, bytes) => {
      const { first, second } = await inTurn(bytes, { method });
      expect(first).toMatchObject({ status: 200, bytes: 0, failure: undefined });
      expect(second).toBe('own');
    });

    it.each([
      ['a length', head('Content-Length: 0')],
      ['chunks', `${head('Transfer-Encoding: chunked')}0\r\n\r\n`],
      ['a 204', 'HTTP/1.1 204 No Content\r\n\r\n'],
      ['a Keep-Alive of some seconds', head('Keep-Alive: timeout=5, max=9', 'Content-Length: 0')],
      ['a Connection: keep-alive', head('Connection: Keep-Alive', 'Content-Length: 0')],
    ])('shares the connection after %s', async (_title, bytes) => {
      expect(await inTurn(bytes)).toMatchObject({ second: 'own', connections: 1 });
    });
  });

  describe('the body of a request', () => {
    const received = (server: HostileServer): Promise<string> =>
      new Promise((resolve) => {
        const [socket] = server.sockets;
        let text = '';
        socket?.on('data', (chunk) => {
          text += chunk.toString('latin1');
        });
        socket?.on('close', () => resolve(text));
      });
    const twoPieces = (first: string, second: string): Readable =>
      Readable.from(
        (async function* () {
          yield Buffer.from(first);
          await new Promise((resolve) => setImmediate(resolve));
          yield Buffer.from(second);
        })(),
      );

    it.each([
      ['longer', twoPieces('hello', 'GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n')],
      ['longer in one piece', twoPieces('helloGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n', '')],
    ])('that is %s than announced is broken, and nothing beyond it is sent', async (_title, body) => {
      await using server = await hostileServer(() => undefined);
      const headers = ['Content-Length', '5'];
      const heard = await ask(upstream, { origin: server.origin, method: 'POST', headers, body }).done;
      expect(heard).toMatchObject({ failure: 'broken', heads: 0, ends: 1 });
      for (const socket of server.sockets) if (!socket.destroyed) await once(socket, 'close');
      expect(server.heads.join('\n')).not.toContain('smuggled');
    });

    it('that is shorter than announced is broken, and the connection is closed', async () => {
      await using server = await hostileServer(() => undefined);
      const asking = ask(upstream, {
        origin: server.origin,
        method: 'POST',
        headers: ['Content-Length', '99'],
        body: twoPieces('hello', 'hello'),
      });
      while (server.heads.length === 0) await new Promise((resolve) => setImmediate(resolve));
      const bytes = received(server);
      expect(await asking.done).toMatchObject({ failure: 'broken', heads: 0, ends: 1 });
      expect(await bytes).not.toContain('HTTP/1.1');
    });

    it('that fails takes its connection with it', async () => {
      await using server = await hostileServer(() => undefined);
      const body = new Readable({ read: () => undefined });
      body.push('hello');
      const asking = ask(upstream, { origin: server.origin, method: 'POST', body });
      while (server.heads.length === 0) await new Promise((resolve) => setImmediate(resolve));
      const bytes = received(server);
      body.destroy(new Error('the client left'));
      expect(await asking.done).toMatchObject({ heads: 0, ends: 1 });
      expect(asking.heard.failure).toMatch(/^(aborted|broken)$/);
      // The last chunk would make it look complete.
      expect(await bytes).not.toContain('0\r\n\r\n');
    });

    it('that is empty though it was not announced is none', async () => {
      await using server = await hostileServer((socket) => socket.write(plain('hello')));
      const empty = (): Readable => Readable.from([]);
      for (const method of ['POST', 'GET']) {
        expect(await ask(upstream, { origin: server.origin, method, body: empty() }).done).toMatchObject({
          body: 'hello',
          failure: undefined,
        });
      }
      const [posted, got] = server.heads.map((text) => text.toLowerCase());
      expect(posted).toContain('content-length: 0');
      expect(got).not.toMatch(/content-length|transfer-encoding/);
    });

    it('that is absent is said to be absent where one is expected', async () => {
      await using server = await hostileServer((socket) => socket.write(plain('hello')));
      for (const method of ['POST', 'GET']) await ask(upstream, { origin: server.origin, method }).done;
      const [posted, got] = server.heads.map((text) => text.toLowerCase());
      expect(posted).toContain('content-length: 0');
      expect(got).not.toMatch(/content-length|transfer-encoding/);
    });
  });
};
