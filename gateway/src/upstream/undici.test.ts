import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { ask } from './test/ask.ts';
import { hostileServer, plain } from './test/hostile-server.ts';
import { selfSigned } from './test/self-signed.ts';
import { upstreamContract } from './test/upstream.contract.ts';
import { undiciUpstream } from './undici.ts';

describe('the upstream client on undici', () => {
  upstreamContract(undiciUpstream);

  it('believes no certificate that it was not told to believe', async () => {
    const pair = selfSigned();
    let requests = 0;
    const server = createServer(pair, (_req, res) => {
      requests += 1;
      res.end('hello');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const origin = `https://localhost:${(server.address() as AddressInfo).port}`;
    const wary = undiciUpstream();
    expect(await ask(wary, { origin }).done).toMatchObject({ failure: 'unreachable', heads: 0 });
    expect(requests).toBe(0);
    const told = undiciUpstream({ ca: pair.cert });
    expect(await ask(told, { origin }).done).toMatchObject({ body: 'hello', failure: undefined });
    await Promise.all([wary.close(), told.close()]);
    await new Promise((resolve) => server.close(resolve));
  });

  it('counts what it sends a second time', async () => {
    await using server = await hostileServer((socket, _head, count) => {
      if (count === 2) socket.resetAndDestroy();
      else socket.write(plain('hello'));
    });
    const upstream = undiciUpstream({ connectionsMax: 1 });
    await ask(upstream, { origin: server.origin }).done;
    expect(upstream.resent()).toBe(0);
    await ask(upstream, { origin: server.origin }).done;
    expect(upstream.resent()).toBe(1);
    await upstream.close();
  });

  it('opens no more connections than it may', async () => {
    await using server = await hostileServer((socket) => socket.write(plain('hello')));
    const upstream = undiciUpstream({ connectionsMax: 3 });
    await Promise.all(Array.from({ length: 20 }, () => ask(upstream, { origin: server.origin }).done));
    expect(server.heads).toHaveLength(20);
    expect(server.sockets).toHaveLength(3);
    await upstream.close();
  });
});
