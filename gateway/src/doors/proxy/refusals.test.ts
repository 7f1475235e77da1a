import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../verdict.ts';
import { allowed, get, openApplication, openDoor, reasonOf, ruleTo, sendRaw, statusOf } from './test/world.ts';

const H = 'Host: app.example:8080\r\n';

describe('a request that is not allowed', () => {
  const rows: readonly (readonly [Verdict, number, RegExp])[] = [
    [{ kind: 'sign-in', reason: 'sign_in_required', asked: [] }, 401, /^WWW-Authenticate: Bearer /m],
    [{ kind: 'deny', reason: 'not_permitted', asked: [] }, 403, /"reason":"not_permitted"/],
    [{ kind: 'no-route', reason: 'no_route', asked: [] }, 404, /"reason":"no_route"/],
    [{ kind: 'bad-request', reason: 'bad_parameter', detail: 'id', asked: [] }, 400, /"detail":"id"/],
    [
      { kind: 'unavailable', reason: 'unable_to_decide', cause: new Error('secret'), asked: [] },
      503,
      /^Retry-After: 1\r$/m,
    ],
  ];

  it.each(rows)(
    'for %j is answered %i, recorded, and never reaches the application',
    async (verdict, status, expected) => {
      await using application = await openApplication();
      await using world = await openDoor({ origin: application.origin, decide: () => verdict });
      const answer = await sendRaw(world.port, get());
      expect(statusOf(answer)).toBe(status);
      expect(answer).toMatch(expected);
      expect(answer).not.toContain('secret');
      expect(answer).toMatch(/^Content-Type: application\/problem\+json\r$/m);
      expect(world.outcomes).toMatchObject([{ verdict: verdict.kind, status, ending: 'complete' }]);
      expect(application.seen).toEqual([]);
    },
  );

  it('leaves its connection in use', async () => {
    await using application = await openApplication();
    const verdict: Verdict = { kind: 'deny', reason: 'not_permitted', asked: [] };
    await using world = await openDoor({ origin: application.origin, decide: () => verdict });
    const answer = await sendRaw(world.port, `GET / HTTP/1.1\r\n${H}\r\n${get()}`);
    expect(answer.match(/HTTP\/1\.1 403 /g)).toHaveLength(2);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('secret');
      },
    ],
    ['rejects', () => Promise.reject(new Error('secret'))],
  ] as const)('because deciding %s is answered 500 and not forwarded', async (_title, decide) => {
    await using application = await openApplication();
    await using world = await openDoor({ origin: application.origin, decide });
    const answer = await sendRaw(world.port, get());
    expect([statusOf(answer), reasonOf(answer)]).toEqual([500, 'internal']);
    expect(answer).not.toContain('secret');
    expect(world.outcomes).toMatchObject([
      { verdict: 'unavailable', reason: 'internal', status: 500, cause: { message: 'secret' } },
    ]);
    expect(application.seen).toEqual([]);
  });

  it('by an application that is not there is answered 502', async () => {
    const gone = await openApplication();
    await gone[Symbol.asyncDispose]();
    await using world = await openDoor({ origin: gone.origin });
    const answer = await sendRaw(world.port, get());
    expect([statusOf(answer), reasonOf(answer)]).toEqual([502, 'upstream_failed']);
    expect(world.outcomes).toMatchObject([
      { verdict: 'allow', reason: 'upstream_failed', status: 502, upstreamMs: undefined },
    ]);
  });

  it('by an application that does not answer is answered 504', async () => {
    await using application = await openApplication(() => undefined);
    await using world = await openDoor({ origin: application.origin, rule: { timeoutMs: 60 } });
    const answer = await sendRaw(world.port, get());
    expect([statusOf(answer), reasonOf(answer)]).toEqual([504, 'upstream_timeout']);
  });
});

describe('a decision that takes its time', () => {
  it('is waited for', async () => {
    await using application = await openApplication();
    const verdict = allowed(ruleTo(application.origin));
    await using world = await openDoor({ origin: application.origin, decide: () => Promise.resolve(verdict) });
    expect(statusOf(await sendRaw(world.port, get()))).toBe(200);
  });

  it('for a client that has left forwards nothing', async () => {
    await using application = await openApplication();
    const decision = Promise.withResolvers<Verdict>();
    const reached = Promise.withResolvers<void>();
    const decide = (): Promise<Verdict> => {
      reached.resolve();
      return decision.promise;
    };
    await using world = await openDoor({ origin: application.origin, decide });
    const left = new Promise((resolve) => {
      world.server.once('connection', (socket: Socket) => socket.once('close', resolve));
    });
    const client = connect(world.port, '127.0.0.1');
    client.write(get());
    await reached.promise;
    client.resetAndDestroy();
    await left;
    decision.resolve(allowed(ruleTo(application.origin)));
    expect(await world.outcomesOf(1)).toMatchObject([{ verdict: 'allow', status: 0, ending: 'client-left' }]);
    expect(application.seen).toEqual([]);
  });
});
