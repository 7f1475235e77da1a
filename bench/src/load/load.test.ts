import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { byAutocannon } from './autocannon.ts';
import { keepAlive } from './keep-alive.ts';
import type { LoadOrder } from './order.ts';

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

const order = async (listener: RequestListener, given: Partial<LoadOrder> = {}): Promise<LoadOrder> => {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    headers: { authorization: 'Bearer x' },
    paths: ['/a', '/b', '/c'],
    connections: 3,
    seconds: 0.2,
    answerBytes: 2,
    ...given,
  };
};

const answer =
  (status: number, body: string): RequestListener =>
  (_request, response) =>
    response.writeHead(status, { 'content-length': body.length }).end(body);

const hangUp: RequestListener = (request) => request.socket.destroy();

describe.each([
  ['own', keepAlive, 0.2, /GET \/\w: answered 403: no/],
  ['autocannon', byAutocannon, 1, /[1-9]\d* answers were not 2xx/],
] as const)('the %s load generator', (_name, load, seconds, refused) => {
  it('asks for all paths with the headers and counts what was answered', async () => {
    const seen = new Map<string, number>();
    const given = await order(
      (request, response) => {
        const key = `${request.url} ${request.headers.authorization}`;
        seen.set(key, (seen.get(key) ?? 0) + 1);
        answer(200, 'ok')(request, response);
      },
      { seconds },
    );
    const result = await load(given);
    const served = [...seen.values()].reduce((sum, count) => sum + count, 0);
    expect([...seen.keys()].toSorted()).toEqual(['/a Bearer x', '/b Bearer x', '/c Bearer x']);
    expect(result.requests).toBeGreaterThan(10);
    expect(served - result.requests).toBeGreaterThanOrEqual(0);
    expect(served - result.requests).toBeLessThanOrEqual(given.connections);
    expect(result.p99Ms).toBeGreaterThanOrEqual(result.p50Ms);
  });

  it('fails on an answer that is not 2xx', async () => {
    await expect(load(await order(answer(403, 'no'), { seconds }))).rejects.toThrow(refused);
  });
});

describe('the own load generator', () => {
  it.each([
    ['another length', answer(200, 'okay'), 'answered 4 bytes instead of 2'],
    ['a closed connection', hangUp, /closed|ECONNRESET/],
  ])('fails on %s', async (_what, listener, message) => {
    await expect(keepAlive(await order(listener))).rejects.toThrow(message);
  });

  it('fails when nobody listens', async () => {
    const given = await order(answer(200, 'ok'));
    await new Promise((resolve) => servers.pop()?.close(resolve));
    await expect(keepAlive(given)).rejects.toThrow('ECONNREFUSED');
  });
});
