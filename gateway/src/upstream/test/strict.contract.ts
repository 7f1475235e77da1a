import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Upstream } from '../upstream.ts';
import { ask } from './ask.ts';
import type { OpenUpstream } from './ask.ts';
import { brokenForTheStrict, framingTrailers } from './hostile-answers.ts';
import { hostileServer, plain } from './hostile-server.ts';

/** Where a client of our own can be held to more than undici. */
export const strictContract = (open: OpenUpstream): void => {
  let upstream: Upstream;
  beforeEach(() => {
    upstream = open({ connectionsMax: 1, tickMs: 10 });
  });
  afterEach(() => upstream.close());

  it.each(brokenForTheStrict)('takes no answer with %s', async (_title, bytes) => {
    await using server = await hostileServer((socket) => socket.end(bytes, 'latin1'));
    const heard = await ask(upstream, { origin: server.origin }).done;
    expect(heard).toMatchObject({ failure: 'broken', body: '', ends: 1 });
  });

  it('drops trailers, whatever they say', async () => {
    await using server = await hostileServer((socket) => socket.write(framingTrailers));
    for (const path of ['/one', '/two']) {
      const heard = await ask(upstream, { origin: server.origin, path }).done;
      expect(heard).toMatchObject({ status: 200, body: 'hello', failure: undefined });
      expect(heard.headers).toEqual(['Transfer-Encoding', 'chunked']);
    }
    expect(server.sockets).toHaveLength(1);
  });

  it('skips a 100 that nobody waits for', async () => {
    await using server = await hostileServer((socket) =>
      socket.write(`HTTP/1.1 100 Continue\r\n\r\n${plain('hello')}`),
    );
    expect(await ask(upstream, { origin: server.origin }).done).toMatchObject({ status: 200, body: 'hello' });
  });

  it('gives headers as they were spelled, without the blanks around values', async () => {
    const lines = ['Set-Cookie: a=1', 'x-ODD:\t b \t', 'SET-COOKIE:b=2', 'Empty:', 'Content-Length: 0'];
    await using server = await hostileServer((socket) =>
      socket.write(`HTTP/1.1 200 OK\r\n${lines.join('\r\n')}\r\n\r\n`),
    );
    const { headers } = await ask(upstream, { origin: server.origin }).done;
    expect(headers).toEqual([
      'Set-Cookie',
      'a=1',
      'x-ODD',
      'b',
      'SET-COOKIE',
      'b=2',
      'Empty',
      '',
      'Content-Length',
      '0',
    ]);
  });

  it('closes a connection on which a line end follows the answer', async () => {
    await using server = await hostileServer((socket) => socket.write(`${plain('hello')}\r\n`));
    for (let turn = 0; turn < 2; turn++) await ask(upstream, { origin: server.origin }).done;
    expect(server.sockets).toHaveLength(2);
  });

  it('GHSA-35p6-xmwp-9g52: takes nothing for an answer that came before the request', async () => {
    await using server = await hostileServer((socket, head) =>
      socket.write(plain(head.includes('/next') ? 'own' : 'first')),
    );
    const next = Promise.withResolvers<string>();
    upstream.send(
      {
        origin: server.origin,
        method: 'GET',
        path: '/',
        headers: [],
        body: null,
        headersTimeoutMs: 2_000,
        idleTimeoutMs: 0,
      },
      {
        onHead: () => undefined,
        onData: () => true,
        onError: ({ cause }) => next.reject(cause),
        onEnd: () => {
          // Behind an answer that was read, before the next request is written.
          server.sockets[0]?.write(plain('poison'));
          ask(upstream, { origin: server.origin, path: '/next' }).done.then(
            ({ body }) => next.resolve(body),
            next.reject,
          );
        },
      },
    );
    expect(await next.promise).toBe('own');
  });

  it('ends the exchange whose reader throws, and no other', async () => {
    await using server = await hostileServer((socket) => socket.write(plain('hello')));
    const failure = Promise.withResolvers<string>();
    upstream.send(
      {
        origin: server.origin,
        method: 'GET',
        path: '/',
        headers: [],
        body: null,
        headersTimeoutMs: 2_000,
        idleTimeoutMs: 0,
      },
      {
        onHead: () => {
          throw new Error('a mistake in the reader');
        },
        onData: () => true,
        onEnd: () => failure.resolve('none'),
        onError: ({ kind }) => failure.resolve(kind),
      },
    );
    expect(await failure.promise).toBe('broken');
    expect(await ask(upstream, { origin: server.origin }).done).toMatchObject({ body: 'hello' });
  });

  it('keeps a failing connection out of what waits behind it', async () => {
    await using server = await hostileServer((socket, _head, count) => {
      if (count === 1) socket.write('garbage');
      else socket.write(plain(String(count)));
    });
    const askings = ['/1', '/2', '/3'].map((path) => ask(upstream, { origin: server.origin, method: 'POST', path }));
    const heard = await Promise.all(askings.map(({ done }) => done));
    expect(heard.map(({ failure, body }) => failure ?? body)).toEqual(['broken', '2', '3']);
  });

  it('moves on to another connection when one is lost with nobody on it', async () => {
    await using server = await hostileServer((socket, _head, count) => socket.write(plain(String(count))));
    await ask(upstream, { origin: server.origin }).done;
    const gone = once(server.sockets[0] as NodeJS.EventEmitter, 'close');
    server.sockets[0]?.end();
    await gone;
    expect(await ask(upstream, { origin: server.origin, method: 'POST' }).done).toMatchObject({ body: '2' });
  });

  describe('a request that would be another one on the wire', () => {
    it.each([
      ['CR LF in a value', {}, ['X', 'a\r\nHost: b']],
      ['a bare LF in a value', {}, ['X', 'a\nb']],
      ['NUL in a value', {}, ['X', 'a\0b']],
      ['a letter beyond latin1 in a value', {}, ['X', 'a\u010ab']],
      ['CR LF in a name', {}, ['X: a\r\nY', 'b']],
      ['a blank in a name', {}, ['X Y', 'b']],
      ['an empty name', {}, ['', 'b']],
      ['a blank in the path', { path: '/a HTTP/1.1\r\nHost: b' }, []],
      ['a bare LF in the path', { path: '/a\nb' }, []],
      ['a blank in the method', { method: 'GET / HTTP/1.1\r\nHost: b\r\n\r\nGET' }, []],
      ['two Hosts', {}, ['Host', 'a', 'host', 'b']],
      ['two lengths', { method: 'POST' }, ['Content-Length', '0', 'content-length', '0']],
      ['an encoding of its own', { method: 'POST' }, ['Transfer-Encoding', 'chunked']],
      ['an upgrade', {}, ['Upgrade', 'websocket']],
      ['an expectation', {}, ['Expect', '100-continue']],
    ])('for %s is not sent', async (_title, request, headers) => {
      await using server = await hostileServer((socket) => socket.write(plain('hello')));
      const heard = await ask(upstream, { origin: server.origin, ...request, headers }).done;
      expect(heard).toMatchObject({ failure: 'unreachable', heads: 0, ends: 1 });
      expect(await ask(upstream, { origin: server.origin, path: '/next' }).done).toMatchObject({ body: 'hello' });
      expect(server.heads).toHaveLength(1);
      expect(server.heads[0]).toMatch(/^GET \/next HTTP\/1\.1\r\n/);
    });
  });
};
