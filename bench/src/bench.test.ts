import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bench } from './bench.ts';
import type { Progress } from './bench.ts';
import { parse } from './options.ts';
import type { Options } from './options.ts';
import { report } from './report.ts';
import { systems } from './systems/all.ts';
import { dispatch } from './systems/dispatch.ts';
import { httpProxy } from './systems/http-proxy.ts';
import { request } from './systems/request.ts';
import type { Running, System } from './systems/system.ts';

const silent: Progress = { starting: () => {}, warming: () => {}, measuring: () => {} };
const never = new AbortController().signal;

const options = (...args: string[]): Options => {
  const names = systems({}).map(({ name }) => name);
  const parsed = parse(
    ['--seconds', '0.1', '--warmup', '0', '--rounds', '1', '--connections', '2', '--objects', '10', ...args],
    names,
  );
  if (parsed.kind !== 'run') throw new Error('wrong options');
  return parsed.options;
};

/** What the systems have been given, and whether each was stopped. */
const watched = (system: System) => {
  const seen: { folder?: string; stopped: boolean } = { stopped: false };
  const start: System['start'] = async (given) => {
    seen.folder = given.folder;
    const running = await system.start(given);
    const stop = async () => {
      seen.stopped = true;
      await running.stop();
    };
    return { ...running, stop };
  };
  return { seen, system: { ...system, start } };
};

describe('bench', { timeout: 20_000 }, () => {
  it('measures every reference in every round, and reports in a shape for machines', async () => {
    const chosen = options('--rounds', '2', '--connections', '1,4');
    const { seen, system } = watched(httpProxy);
    const samples = await bench([dispatch, request, system], chosen, silent, never);
    expect(samples).toHaveLength(12);
    const made = report(samples, [dispatch, request, system], chosen, new Date(0));
    expect(JSON.parse(JSON.stringify(made))).toMatchObject({
      kind: 'gatehouse-bench',
      at: '1970-01-01T00:00:00.000Z',
      machine: { node: process.version },
      systems: [{ name: 'dispatch' }, { name: 'request' }, { name: 'http-proxy', what: httpProxy.what }],
      options: { rounds: 2, connections: [1, 4], reference: 'dispatch' },
      bar: null,
    });
    expect(made.rows.map(({ connections, system: name }) => `${connections} ${name}`)).toEqual(
      [1, 4].flatMap((count) => ['dispatch', 'request', 'http-proxy'].map((name) => `${count} ${name}`)),
    );
    for (const each of samples) expect(each.requests).toBeGreaterThan(0);
    for (const { ratios } of made.rows) expect(ratios.throughput.median).toBeGreaterThan(0);
    expect(seen.stopped).toBe(true);
    expect(existsSync(seen.folder ?? '')).toBe(false);
  });

  it('fails by name when a system refuses, and stops everything', async () => {
    const { seen, system } = watched(dispatch);
    const run = bench([system, { name: 'closed', what: 'refuses', start: refusing }], options(), silent, never);
    await expect(run).rejects.toThrow(
      /^closed at 2 connections: GET \/algorithms\/object-\d: answered 403: not_permitted$/,
    );
    expect(seen.stopped).toBe(true);
  });

  it('fails when a system does not start, and stops the others', async () => {
    const { seen, system } = watched(dispatch);
    const broken = { name: 'broken', what: 'does not start', start: () => Promise.reject(new Error('no database')) };
    await expect(bench([system, broken], options(), silent, never)).rejects.toThrow(
      'broken does not start: no database',
    );
    expect(seen.stopped).toBe(true);
  });

  it('stops everything when it is interrupted', async () => {
    const interrupt = new AbortController();
    const { seen, system } = watched(dispatch);
    const progress = { ...silent, measuring: () => interrupt.abort() };
    await expect(bench([system], options('--seconds', '3600'), progress, interrupt.signal)).rejects.toThrow(
      'interrupted',
    );
    expect(seen.stopped).toBe(true);
  });

  it('stops also what was just starting when it was interrupted', async () => {
    const interrupt = new AbortController();
    const { seen, system } = watched(dispatch);
    const progress = { ...silent, starting: () => interrupt.abort() };
    await expect(bench([system], options(), progress, interrupt.signal)).rejects.toThrow('interrupted');
    expect(seen.stopped).toBe(true);
  });
});

const refusing = async (): Promise<Running> => {
  const server = createServer((_request, response) =>
    response.writeHead(403, { 'content-length': 13 }).end('not_permitted'),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = () => new Promise<void>((resolve) => server.close(() => resolve()).closeAllConnections());
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    headers: {},
    cpuMicros: async () => null,
    stop,
  };
};
