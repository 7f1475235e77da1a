import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { controlApp } from './control-app.ts';
import type { Check } from './health.ts';
import { metricsPage } from '../metrics/metrics-page.ts';
import type { Family } from '../metrics/family.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-console-'));
const state: { ready: boolean; checks: Check[] } = { ready: true, checks: [] };
const counted: Family = {
  name: 'things_total',
  help: 'Things.',
  type: 'counter',
  samples: [{ labels: { kind: 'a"b' }, value: 3 }],
};
const metrics = metricsPage(() => [counted]);
let app: FastifyInstance;

beforeAll(async () => {
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Gatehouse</title>');
  writeFileSync(join(folder, 'assets', 'app-1a2b.js'), 'export {};');
  app = await controlApp({ version: '9.9.9', readiness: () => state, metrics, consoleFolder: folder });
});
afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('control', () => {
  it.each([
    ['ready', true, [{ name: 'database', state: 'ok' }], 200],
    ['ready with a warning', true, [{ name: 'decision log', state: 'warning' }], 200],
    ['not ready when a check fails', true, [{ name: 'database', state: 'failed' }], 503],
    ['not ready while it drains', false, [{ name: 'database', state: 'ok' }], 503],
  ] as const)('is %s', async (_what, ready, checks, status) => {
    Object.assign(state, { ready, checks });
    const answer = await app.inject('/readyz');
    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toEqual({ status: status === 200 ? 'ready' : 'not ready', version: '9.9.9', checks });
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('is alive as long as it answers', async () => {
    Object.assign(state, { ready: false, checks: [{ name: 'database', state: 'failed' }] });
    const answer = await app.inject('/healthz');
    expect(answer.json()).toEqual({ status: 'ok', version: '9.9.9' });
  });

  it('has a page for people who are sent to sign in, which leads nowhere whatever it is given', async () => {
    const answer = await app.inject('/sign-in?to=https%3A%2F%2Fevil.example%2F%3Cscript%3E');
    expect(answer.statusCode).toBe(200);
    expect(answer.headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
    expect(answer.body).not.toContain('evil');
  });

  it('answers with metrics in the text format of Prometheus, its own and those of the process', async () => {
    const answer = await app.inject('/metrics');
    expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.body).toMatch(
      /^# HELP things_total Things\.\n# TYPE things_total counter\nthings_total\{kind="a\\"b"\} 3\n/,
    );
    expect(answer.body).toMatch(/^process_cpu_seconds_total \d/m);
    expect(answer.body).toMatch(/^nodejs_eventloop_lag_seconds \d/m);
  });

  it.each(['/', '/console'])('leads from %s to the console', async (url) => {
    const answer = await app.inject(url);
    expect(answer.headers.location).toBe('/console/');
  });

  it('serves the page fresh and its hashed files for ever', async () => {
    expect((await app.inject('/console/')).headers['cache-control']).toBe('no-cache');
    expect((await app.inject('/console/assets/app-1a2b.js')).headers['cache-control']).toContain('immutable');
  });

  it('allows its pages nothing but their own origin', async () => {
    const policy = String((await app.inject('/console/')).headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("require-trusted-types-for 'script'");
    expect(policy).not.toContain('unsafe');
  });

  it.each([
    ['GET', '/nothing', 404, 'no_route'],
    ['GET', '/console/../../package.json', 404, 'no_route'],
    ['GET', '/console/%2e%2e%2fpackage.json', 404, 'no_route'],
    ['POST', '/readyz', 404, 'no_route'],
    ['GET', '/%', 400, 'bad_request'],
  ] as const)('answers %s %s with %i %s as problem details', async (method, url, status, reason) => {
    const answer = await app.inject({ method, url });
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.json()).toMatchObject({ status, reason });
  });

  it('says how to build a console that is not there', async () => {
    const bare = await controlApp({
      version: '1',
      readiness: () => state,
      metrics,
      consoleFolder: join(folder, 'absent'),
    });
    const answer = await bare.inject('/console/');
    expect(answer.statusCode).toBe(503);
    expect(answer.body).toContain('npm run build');
    await bare.close();
  });
});
