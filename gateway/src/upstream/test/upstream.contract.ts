import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Upstream } from '../upstream.ts';
import { ask } from './ask.ts';
import type { OpenUpstream } from './ask.ts';
import { hostileServer, plain } from './hostile-server.ts';
import { streamsContract } from './streams.contract.ts';

const head = (...lines: string[]): string => `${['HTTP/1.1 200 OK', ...lines].join('\r\n')}\r\n\r\n`;
const chunked = head('Transfer-Encoding: chunked');

/** Whole answers: what the application writes, and what is heard of it. */
const answers: readonly (readonly [title: string, bytes: string, status: number, body: string])[] = [
  ['a length', plain('hello'), 200, 'hello'],
  ['no body', plain(''), 200, ''],
  ['chunks', `${chunked}5\r\nhello\r\n0\r\n\r\n`, 200, 'hello'],
  [
    'chunks and trailers',
    `${head('Transfer-Encoding: chunked', 'Trailer: X-Sum')}5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n`,
    200,
    'hello',
  ],
  ['a Trailer header beside a length', `${head('Trailer: X-Sum', 'Content-Length: 5')}hello`, 200, 'hello'],
  ['the end of the connection', `${head()}hello`, 200, 'hello'],
  ['HTTP/1.0', 'HTTP/1.0 200 OK\r\n\r\nhello', 200, 'hello'],
  ['103 before the head', `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${plain('hello')}`, 200, 'hello'],
  ['several 103', `${'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(3)}${plain('hello')}`, 200, 'hello'],
  ['204 with a body', 'HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello', 204, ''],
  ['304 with a length', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n', 304, ''],
  ['304 with a body', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\nhello', 304, ''],
  ['surplus bytes', `${plain('hello')}HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison`, 200, 'hello'],
  ['a status of an unknown kind', 'HTTP/1.1 599 Odd\r\nContent-Length: 0\r\n\r\n', 599, ''],
];

/** Answers that are none: whatever was heard of them ends in `broken`. */
const broken: readonly (readonly [title: string, bytes: string, heads: number])[] = [
  ['nothing', '', 0],
  ['garbage', 'hello\r\n\r\n', 0],
  ['half a head', 'HTTP/1.1 200 OK\r\nContent-Le', 0],
  ['a head over 32 KB', head(`X: ${'x'.repeat(40_000)}`), 0],
  ['a status below 100', 'HTTP/1.1 099 Odd\r\nContent-Length: 0\r\n\r\n', 0],
  ['the status 600', 'HTTP/1.1 600 Odd\r\nContent-Length: 0\r\n\r\n', 0],
  ['a status of four digits', 'HTTP/1.1 2000 Odd\r\nContent-Length: 0\r\n\r\n', 0],
  ['an upgrade that nobody asked for', 'HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n', 0],
  ['two lengths', `${head('Content-Length: 5', 'Content-Length: 6')}hello!`, 0],
  ['the same length twice', `${head('Content-Length: 5', 'Content-Length: 5')}hello`, 0],
  ['a list of lengths', `${head('Content-Length: 5, 5')}hello`, 0],
  ['a negative length', `${head('Content-Length: -5')}hello`, 0],
  ['a length and chunks', `${head('Content-Length: 5', 'Transfer-Encoding: chunked')}5\r\nhello\r\n0\r\n\r\n`, 0],
  ['chunks and a length', `${head('Transfer-Encoding: chunked', 'Content-Length: 5')}5\r\nhello\r\n0\r\n\r\n`, 0],
  ['gzip, chunked', `${head('Transfer-Encoding: gzip, chunked')}5\r\nhello\r\n0\r\n\r\n`, 0],
  ['gzip', `${head('Transfer-Encoding: gzip')}hello`, 0],
  ['chunked twice', `${head('Transfer-Encoding: chunked', 'Transfer-Encoding: chunked')}0\r\n\r\n`, 0],
  ['a bare CR in the head', 'HTTP/1.1 200 OK\r\nX: a\rb\r\nContent-Length: 0\r\n\r\n', 0],
  ['a NUL in the head', 'HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 0\r\n\r\n', 0],
  ['fewer bytes than the length', `${head('Content-Length: 9')}hello`, 1],
  ['an end in the middle of a chunk', `${chunked}9\r\nhello`, 1],
  ['chunks without the last', `${chunked}5\r\nhello\r\n`, 1],
  ['a chunk size that is no number', `${chunked}zz\r\nhello\r\n`, 1],
];

/** Every implementation of `Upstream` passes this, over real sockets. */
export const upstreamContract = (open: OpenUpstream): void => {
  let upstream: Upstream;
  beforeEach(() => {
    upstream = open({ connectionsMax: 4, tickMs: 10 });
  });
  afterEach(() => upstream.close());

  describe('an answer', () => {
    it.each(answers)('with %s is heard as it was meant', async (_title, bytes, status, body) => {
      await using server = await hostileServer((socket) => socket.end(bytes, 'latin1'));
      const heard = await ask(upstream, { origin: server.origin }).done;
      expect(heard).toMatchObject({ status, body, failure: undefined, heads: 1, ends: 1 });
    });

    it.each(broken)('of %s is broken', async (_title, bytes, heads) => {
      await using server = await hostileServer((socket) => socket.end(bytes, 'latin1'));
      const heard = await ask(upstream, { origin: server.origin }).done;
      expect(heard).toMatchObject({ failure: 'broken', heads, ends: 1 });
      expect(server.heads).toHaveLength(1);
    });

    it('that begins with 100 is never taken for the answer', async () => {
      await using server = await hostileServer((socket) =>
        socket.end(`HTTP/1.1 100 Continue\r\n\r\n${plain('hello')}`),
      );
      const heard = await ask(upstream, { origin: server.origin }).done;
      // RFC 9110, 15.2 would have it skipped; refusing it is safe.
      const skipped = { status: 200, body: 'hello', failure: undefined, heads: 1, ends: 1 };
      const refused = { status: undefined, body: '', failure: 'broken', heads: 0, ends: 1 };
      expect(heard).toMatchObject(heard.heads === 0 ? refused : skipped);
    });

    it('has its headers in order, repeats and hop-by-hop headers included', async () => {
      const lines = ['Set-Cookie: a=1', 'X-B: \xe4', 'Set-Cookie: b=2', 'Connection: X-B', 'Content-Length: 0'];
      await using server = await hostileServer((socket) => socket.end(head(...lines), 'latin1'));
      const { headers } = await ask(upstream, { origin: server.origin }).done;
      const list = headers.map((text, at) => (at % 2 === 0 ? text.toLowerCase() : text));
      expect(list.filter((_text, at) => list[at - (at % 2)] === 'set-cookie')).toEqual([
        'set-cookie',
        'a=1',
        'set-cookie',
        'b=2',
      ]);
      expect(list[list.indexOf('x-b') + 1]).toBe('\xe4');
      expect(list[list.indexOf('connection') + 1]).toBe('X-B');
    });

    it('to HEAD has no body', async () => {
      await using server = await hostileServer((socket) => socket.end(head('Content-Length: 5')));
      const heard = await ask(upstream, { origin: server.origin, method: 'HEAD' }).done;
      expect(heard).toMatchObject({ status: 200, bytes: 0, failure: undefined });
    });
  });

  describe('a request', () => {
    it('goes out with its path and its headers as given', async () => {
      await using server = await hostileServer((socket) => socket.end(plain('')));
      const headers = ['host', 'app.example', 'X-One', '1', 'x-one', '2', 'X-\xff', '\xe4'].map((text) =>
        text.replace('\xff', 'y'),
      );
      await ask(upstream, { origin: server.origin, path: '/a%2Fb//c?d=%zz&', headers }).done;
      const [line, ...sent] = (server.heads[0] ?? '').split('\r\n');
      expect(line).toBe('GET /a%2Fb//c?d=%zz& HTTP/1.1');
      expect(sent).toEqual(expect.arrayContaining(['host: app.example', 'X-One: 1', 'x-one: 2', 'X-y: \xe4']));
      expect(sent.filter((text) => /^host:/i.test(text))).toHaveLength(1);
    });

    it('that nobody listens for is unreachable', async () => {
      const server = await hostileServer(() => undefined);
      await server[Symbol.asyncDispose]();
      expect(await ask(upstream, { origin: server.origin }).done).toMatchObject({ failure: 'unreachable', heads: 0 });
    });

    it('to a name that does not exist is unreachable', async () => {
      expect(await ask(upstream, { origin: 'http://nobody.invalid:80' }).done).toMatchObject({
        failure: 'unreachable',
      });
    });

    it('with a header that cannot be sent is unreachable, and not sent', async () => {
      await using server = await hostileServer((socket) => socket.end(plain('')));
      const heard = await ask(upstream, { origin: server.origin, headers: ['X', 'a\r\nY: b'] }).done;
      expect(heard).toMatchObject({ failure: 'unreachable' });
      expect(server.heads).toEqual([]);
    });

    it('that is answered with a reset is broken', async () => {
      await using server = await hostileServer((socket) => socket.resetAndDestroy());
      expect(await ask(upstream, { origin: server.origin }).done).toMatchObject({
        failure: 'broken',
        heads: 0,
        ends: 1,
      });
    });

    it('that is not answered times out', async () => {
      await using server = await hostileServer(() => undefined);
      const heard = await ask(upstream, { origin: server.origin, headersTimeoutMs: 50 }).done;
      expect(heard).toMatchObject({ failure: 'timeout', heads: 0, ends: 1 });
    });

    it('times out also when 103 after 103 comes', async () => {
      await using server = await hostileServer((socket) => {
        const timer = setInterval(() => socket.write('HTTP/1.1 103 Early Hints\r\n\r\n'), 10);
        socket.on('close', () => clearInterval(timer));
      });
      expect(await ask(upstream, { origin: server.origin, headersTimeoutMs: 50 }).done).toMatchObject({
        failure: 'timeout',
      });
    });

    it('times out while it waits for a connection', async () => {
      await using server = await hostileServer(() => undefined);
      const narrow = open({ connectionsMax: 1, tickMs: 10 });
      const first = ask(narrow, { origin: server.origin });
      const heard = await ask(narrow, { origin: server.origin, headersTimeoutMs: 50 }).done;
      expect(heard).toMatchObject({ failure: 'timeout', ends: 1 });
      expect(server.heads.length).toBeLessThan(2);
      first.exchange.abort();
      await narrow.close();
    });

    it('with an answer that stops in the middle times out', async () => {
      await using server = await hostileServer((socket) => socket.write(`${head('Content-Length: 9')}hello`));
      const heard = await ask(upstream, { origin: server.origin, idleTimeoutMs: 50 }).done;
      expect(heard).toMatchObject({ status: 200, body: 'hello', failure: 'timeout', ends: 1 });
    });

    it('for an event stream may be silent for longer than other answers', async () => {
      await using server = await hostileServer((socket, requestHead) => {
        const type = requestHead.includes('/events') ? 'text/event-stream; charset=utf-8' : 'text/plain';
        socket.write(`${head(`Content-Type: ${type}`, 'Transfer-Encoding: chunked')}5\r\nhello\r\n`);
      });
      const events = ask(upstream, { origin: server.origin, path: '/events', idleTimeoutMs: 30 });
      await events.data;
      expect(await ask(upstream, { origin: server.origin, idleTimeoutMs: 60 }).done).toMatchObject({
        failure: 'timeout',
      });
      server.sockets[0]?.end('0\r\n\r\n');
      expect(await events.done).toMatchObject({ body: 'hello', failure: undefined });
    });
  });

  describe('closing', () => {
    it('waits for what is under way and refuses what comes later', async () => {
      await using server = await hostileServer(() => undefined);
      const own = open({ connectionsMax: 4, tickMs: 10 });
      const running = ask(own, { origin: server.origin, method: 'POST', body: Readable.from([Buffer.from('x')]) });
      while (server.heads.length === 0) await new Promise((resolve) => setImmediate(resolve));
      const closing = own.close();
      expect(await ask(own, { origin: server.origin }).done).toMatchObject({ failure: 'unreachable' });
      server.sockets[0]?.end(plain('hello'));
      expect(await running.done).toMatchObject({ body: 'hello', failure: undefined });
      await closing;
    });
  });

  streamsContract(open);
};
