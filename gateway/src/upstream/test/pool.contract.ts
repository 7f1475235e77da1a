import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:https';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { describe, expect, it } from 'vitest';
import type { Upstream } from '../upstream.ts';
import { ask, settled } from './ask.ts';
import { hostileServer, plain } from './hostile-server.ts';
import { selfSigned } from './self-signed.ts';

type Options = {
  readonly connectionsMax?: number;
  readonly connectTimeoutMs?: number;
  readonly keepAliveTimeoutMs?: number;
  readonly headBytesMax?: number;
  readonly tickMs?: number;
  readonly ca?: string;
};

type OpenPooled = (options?: Options) => Upstream & { readonly resent: () => number };

const listen = async (server: Server, host: string): Promise<number> => {
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, host, resolve));
  return (server.address() as AddressInfo).port;
};
const closed = (server: Server): Promise<unknown> => new Promise((resolve) => server.close(resolve));

/** Connections: how many, to whom, and for how long. */
export const poolContract = (open: OpenPooled): void => {
  describe('a connection over TLS', () => {
    const pair = selfSigned();

    it('is made to nobody but whom the certificate names', async () => {
      let requests = 0;
      const server = createServer(pair, (_req, res) => {
        requests += 1;
        res.end('hello');
      });
      const port = await listen(server, '127.0.0.1');
      const wary = open();
      expect(await ask(wary, { origin: `https://localhost:${port}` }).done).toMatchObject({
        failure: 'unreachable',
        heads: 0,
      });
      const told = open({ ca: pair.cert });
      expect(await ask(told, { origin: `https://127.0.0.1:${port}` }).done).toMatchObject({ failure: 'unreachable' });
      expect(requests).toBe(0);
      expect(await ask(told, { origin: `https://localhost:${port}` }).done).toMatchObject({ body: 'hello' });
      await Promise.all([wary.close(), told.close()]);
      await closed(server);
    });

    it('names the host, speaks HTTP/1.1 alone, and is used again', async () => {
      const seen = new Set<TLSSocket>();
      const server = createServer({ ...pair, ALPNProtocols: ['h2', 'http/1.1'] }, (req, res) => {
        seen.add(req.socket as TLSSocket);
        res.end('hello');
      });
      const port = await listen(server, '127.0.0.1');
      const upstream = open({ connectionsMax: 1, ca: pair.cert });
      for (const path of ['/one', '/two']) {
        expect(await ask(upstream, { origin: `https://localhost:${port}`, path }).done).toMatchObject({
          body: 'hello',
        });
      }
      expect(Array.from(seen, ({ servername, alpnProtocol }) => [servername, alpnProtocol])).toEqual([
        ['localhost', 'http/1.1'],
      ]);
      await upstream.close();
      await closed(server);
    });

    it('holds the application back while the reader waits, and loses nothing', async () => {
      const total = 64 * 1024 * 1024;
      const server = createServer(pair, (_req, res) => res.end(Buffer.alloc(total, 'x')));
      const port = await listen(server, '127.0.0.1');
      const upstream = open({ ca: pair.cert });
      const asking = ask(upstream, { origin: `https://localhost:${port}` });
      asking.hold();
      await asking.data;
      expect(await settled(() => asking.heard.bytes)).toBeLessThan(1024 * 1024);
      for (let turns = 0; turns < 20; turns++) {
        asking.exchange.resume();
        await new Promise((resolve) => setImmediate(resolve));
      }
      expect(asking.heard.ends).toBe(0);
      asking.go();
      expect(await asking.done).toMatchObject({ bytes: total, failure: undefined, ends: 1 });
      await upstream.close();
      await closed(server);
    });

    it('that is never made times out', async () => {
      const server = createTcpServer((socket) => socket.on('error', () => undefined).resume());
      const port = await listen(server, '127.0.0.1');
      const upstream = open({ connectTimeoutMs: 50, tickMs: 10 });
      const heard = await ask(upstream, { origin: `https://localhost:${port}`, headersTimeoutMs: 60_000 }).done;
      expect(heard).toMatchObject({ failure: 'timeout', heads: 0, ends: 1 });
      await upstream.close();
      await closed(server);
    });

    it('that is being made is given up with its request', async () => {
      const sockets = Promise.withResolvers<void>();
      const server = createTcpServer((socket) =>
        socket
          .on('error', () => undefined)
          .on('close', () => sockets.resolve())
          .resume(),
      );
      const port = await listen(server, '127.0.0.1');
      const upstream = open({ connectionsMax: 1, tickMs: 10 });
      const asking = ask(upstream, { origin: `https://localhost:${port}`, headersTimeoutMs: 60_000 });
      await new Promise<void>((resolve) => server.once('connection', () => resolve()));
      asking.exchange.abort();
      expect(asking.heard).toMatchObject({ failure: 'aborted', heads: 0, ends: 1 });
      await upstream.close();
      await sockets.promise;
      await closed(server);
    });
  });

  it.each([
    ['a name with several addresses', 'localhost', '127.0.0.1'],
    ['an address of IPv4', '127.0.0.1', '127.0.0.1'],
    ['an address of IPv6', '[::1]', '::1'],
  ])('reaches %s', async (_title, host, address) => {
    const server = createHttpServer((req, res) => res.end(req.headers.host));
    const port = await listen(server, address);
    const upstream = open();
    expect(await ask(upstream, { origin: `http://${host}:${port}` }).done).toMatchObject({ body: `${host}:${port}` });
    await upstream.close();
    await closed(server);
  });

  it.each(['', 'localhost', 'ftp://localhost', 'http://localhost:99999'])('cannot reach %j', async (origin) => {
    const upstream = open();
    expect(await ask(upstream, { origin }).done).toMatchObject({ failure: 'unreachable', heads: 0, ends: 1 });
    await upstream.close();
  });

  it('counts what it sends a second time', async () => {
    await using server = await hostileServer((socket, _head, count) => {
      if (count === 2) socket.resetAndDestroy();
      else socket.write(plain('hello'));
    });
    const upstream = open({ connectionsMax: 1 });
    await ask(upstream, { origin: server.origin }).done;
    expect(upstream.resent()).toBe(0);
    await ask(upstream, { origin: server.origin }).done;
    expect(upstream.resent()).toBe(1);
    await upstream.close();
  });

  it('opens no more connections than it may', async () => {
    await using server = await hostileServer((socket) => socket.write(plain('hello')));
    const upstream = open({ connectionsMax: 3 });
    await Promise.all(Array.from({ length: 20 }, () => ask(upstream, { origin: server.origin }).done));
    expect(server.heads).toHaveLength(20);
    expect(server.sockets).toHaveLength(3);
    await upstream.close();
  });

  it('sends waiting requests in the order in which they came', async () => {
    await using server = await hostileServer((socket) => socket.write(plain('hello')));
    const upstream = open({ connectionsMax: 1 });
    const paths = Array.from({ length: 20 }, (_, at) => `/${at}`);
    await Promise.all(paths.map((path) => ask(upstream, { origin: server.origin, path }).done));
    expect(server.heads.map((head) => head.split(' ')[1])).toEqual(paths);
    await upstream.close();
  });

  it('closes what has been idle for long', async () => {
    await using server = await hostileServer((socket) => socket.write(plain('hello')));
    const upstream = open({ keepAliveTimeoutMs: 50, tickMs: 10 });
    await ask(upstream, { origin: server.origin }).done;
    await new Promise((resolve) => server.sockets[0]?.on('close', resolve));
    expect(await ask(upstream, { origin: server.origin }).done).toMatchObject({ body: 'hello' });
    await upstream.close();
  });

  it('takes no head over its bound', async () => {
    const head = (length: number): string => `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(length)}\r\nContent-Length: 0\r\n\r\n`;
    await using server = await hostileServer((socket, text) => socket.end(head(text.includes('/long') ? 1_100 : 900)));
    const upstream = open({ headBytesMax: 1_024 });
    expect(await ask(upstream, { origin: server.origin, path: '/long' }).done).toMatchObject({ failure: 'broken' });
    expect(await ask(upstream, { origin: server.origin }).done).toMatchObject({ status: 200, failure: undefined });
    await upstream.close();
  });

  it('closes idle connections when it is closed', async () => {
    await using server = await hostileServer((socket) => socket.write(plain('hello')));
    const upstream = open();
    await ask(upstream, { origin: server.origin }).done;
    const gone = new Promise((resolve) => server.sockets[0]?.on('close', resolve));
    await upstream.close();
    await gone;
    expect(await ask(upstream, { origin: server.origin }).done).toMatchObject({ failure: 'unreachable' });
  });
};
