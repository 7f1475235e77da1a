import fc from 'fast-check';
import { readTarget } from '@gatehouse/policies/routes/target';
import { describe, expect, it } from 'vitest';
import { hostileServer, plain } from '../../upstream/test/hostile-server.ts';
import type { Verdict } from '../../verdict.ts';
import type { DoorRequest } from '../../decide.ts';
import { allowed, openApplication, openDoor, ruleTo, sendRaw } from './test/world.ts';

const harmless = fc.constantFrom(
  'a',
  'B',
  '0',
  '-',
  '_',
  '~',
  '!',
  '/',
  '/x',
  '+',
  '@',
  ':',
  '*',
  '%61',
  '%c3%a4',
  '%20',
);
const slippery = fc.constantFrom(
  ...'.|//|/./|/../|\\|;|%|%2e|%2E%2e|%2f|%5c|%3b|%25|%3F|%23|%00|%0a|%ff|%zz|%e2%82|\xe4'.split('|'),
);
const piece = fc.oneof({ arbitrary: harmless, weight: 6 }, { arbitrary: slippery, weight: 1 });
const rawPath = fc.array(piece, { maxLength: 8 }).map((pieces) => `/${pieces.join('')}`);
const query = fc.constantFrom('', '?', '?a=b', '?a=%2e%2e/&b', '?//', '?a=b?c');

const requestOf = (method: string, target: string): string =>
  `${method} ${target} HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n`;
const valueOf = (rawHeaders: readonly string[], name: string): string | undefined =>
  rawHeaders[rawHeaders.findIndex((text, at) => at % 2 === 0 && text.toLowerCase() === name) + 1];

describe('what reaches the application', () => {
  it('has the path that stands in the record, canonical, and the route that built it (INV-1)', async () => {
    await using application = await openApplication();
    const routes = ['one', 'two'].map((id) => ruleTo(application.origin, { id }));
    const routeOf = (path: string) => routes[path.length % 2] ?? ruleTo(application.origin);
    const decide = ({ target }: DoorRequest): Verdict => allowed(routeOf(target.path));
    await using world = await openDoor({ origin: application.origin, decide });
    await fc.assert(
      fc.asyncProperty(rawPath, query, async (path, rawQuery) => {
        await sendRaw(world.port, requestOf('GET', path + rawQuery));
      }),
      { numRuns: 400 },
    );
    const reached = world.outcomes.filter(({ verdict }) => verdict === 'allow');
    const received = application.seen.map(({ url }) => url.split('?')[0] ?? '');
    expect(received).toEqual(reached.map(({ path }) => path));
    for (const path of received) {
      const again = readTarget({ method: 'GET', rawTarget: path, host: 'a.example' });
      expect(again).toMatchObject({ kind: 'target', target: { path } });
    }
    expect(reached.map(({ grounds }) => grounds.rule?.id)).toEqual(received.map((path) => routeOf(path).id));
    expect(reached.length).toBeGreaterThan(50);
    expect(reached.length).toBeLessThan(400);
  });

  it('was allowed before, and nothing else reaches it (INV-2)', async () => {
    await using application = await openApplication();
    const allow = allowed(ruleTo(application.origin));
    const verdicts: readonly Verdict[] = [
      allow,
      { kind: 'deny', reason: 'not_permitted', asked: [] },
      { kind: 'sign-in', reason: 'sign_in_required', asked: [] },
      { kind: 'no-route', reason: 'no_route', asked: [] },
      { kind: 'unavailable', reason: 'unable_to_decide', cause: new Error('away'), asked: [] },
    ];
    let next: Verdict = allow;
    let isLate = false;
    const decide = (): Verdict | Promise<Verdict> => (isLate ? Promise.resolve(next) : next);
    await using world = await openDoor({ origin: application.origin, decide });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...verdicts), fc.boolean(), rawPath, async (verdict, late, path) => {
        [next, isLate] = [verdict, late];
        await sendRaw(world.port, requestOf('GET', path));
      }),
      { numRuns: 300 },
    );
    const letThrough = world.outcomes
      .filter((outcome) => outcome.verdict === 'allow')
      .map((outcome) => outcome.requestId);
    expect(application.seen.map((seen) => valueOf(seen.rawHeaders, 'x-request-id'))).toEqual(letThrough);
    expect(letThrough.length).toBeGreaterThan(20);
    expect(world.outcomes).toHaveLength(300);
  });

  it('is sent once, except what may be sent twice after a lost connection (INV-4)', async () => {
    const behaviours = ['answer', 'answer', 'answer', 'reset', 'close', 'half'] as const;
    const plan: (typeof behaviours)[number][] = [];
    await using server = await hostileServer((socket) => {
      const behaviour = plan.shift() ?? 'answer';
      if (behaviour === 'answer') socket.write(plain('ok'));
      else if (behaviour === 'reset') socket.resetAndDestroy();
      else socket.end(behaviour === 'half' ? 'HTTP/1.1 200 OK\r\nContent-Le' : '');
    });
    await using world = await openDoor({ origin: server.origin });
    const method = fc.constantFrom('GET', 'HEAD', 'POST', 'DELETE');
    await fc.assert(
      fc.asyncProperty(method, fc.constantFrom(...behaviours), async (name, behaviour) => {
        plan.splice(0, plan.length, behaviour);
        await sendRaw(world.port, requestOf(name, '/'));
      }),
      { numRuns: 300 },
    );
    const sendings = new Map<string, number>();
    for (const head of server.heads) {
      const id = /^x-request-id: (\S+)$/im.exec(head)?.[1] ?? '';
      sendings.set(id, (sendings.get(id) ?? 0) + 1);
    }
    const twice = world.outcomes.filter(({ requestId }) => (sendings.get(requestId) ?? 0) > 1);
    expect(Math.max(...sendings.values())).toBe(2);
    expect(twice.every(({ method: name }) => name === 'GET' || name === 'HEAD')).toBe(true);
    expect(world.resent()).toBe(twice.length);
    expect(world.outcomes).toHaveLength(300);
  });
});
