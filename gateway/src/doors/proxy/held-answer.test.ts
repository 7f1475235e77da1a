import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { Effect, Worked } from '../../effects/effect.ts';
import { get, openApplication, openDoor, reasonOf, sendRaw, statusOf } from './test/world.ts';
import { open, text } from './test/sockets.ts';

const reading = (work: Effect['work']): Effect => ({ bodyBytesMax: 1_000, outlivesCaller: false, work });
const pass: Worked = { kind: 'pass' };

const answering =
  (status: number, headers: Record<string, string>, body: string) => (_req: IncomingMessage, res: ServerResponse) =>
    void res.writeHead(status, { ...headers, 'content-length': body.length }).end(body);

const json = { 'content-type': 'application/json' };

/** What `work` was called with, and what the caller got. */
const asked = async (answer: (req: IncomingMessage, res: ServerResponse) => void, effect: Partial<Effect> = {}) => {
  const bodies: (string | undefined)[] = [];
  await using app = await openApplication(answer);
  const whole: Effect = {
    ...reading((body) => {
      bodies.push(body?.toString());
      return pass;
    }),
    ...effect,
  };
  await using door = await openDoor({ origin: app.origin, effectOf: () => whole });
  return { got: await sendRaw(door.port, get()), bodies, outcomes: await door.outcomesOf(1) };
};

describe('the answer of a rule with an effect', () => {
  it('waits for the effect, which gets the whole body', async () => {
    const { got, bodies } = await asked(answering(201, json, '{"id":"qft"}'));
    expect(bodies).toEqual(['{"id":"qft"}']);
    expect(statusOf(got)).toBe(201);
    expect(got).toMatch(/\r\n\r\n\{"id":"qft"\}$/);
  });

  it('is not seen by the caller before the effect is done', async () => {
    await using app = await openApplication(answering(200, json, '{}'));
    const [begun, finished] = [Promise.withResolvers<void>(), Promise.withResolvers<Worked>()];
    const effect = reading(() => {
      begun.resolve();
      return finished.promise;
    });
    await using door = await openDoor({ origin: app.origin, effectOf: () => effect });
    const socket = open(door.port);
    socket.write(get());
    await begun.promise;
    // Another request goes through from end to end meanwhile: were anything sent, it would be here by then.
    await fetch(`${app.origin}/`);
    expect(socket.bytesRead).toBe(0);
    finished.resolve(pass);
    expect(statusOf(await text(socket))).toBe(200);
  });

  it.each([
    ['an error', 500],
    ['a redirect', 302],
    ['a refusal', 404],
  ])('passes %s as it is', async (_what, status) => {
    const { got, bodies } = await asked(answering(status, json, '{"id":"qft"}'));
    expect(bodies).toEqual([]);
    expect(statusOf(got)).toBe(status);
  });

  it.each([
    ['compressed', { ...json, 'content-encoding': 'gzip' }, '{}'],
    ['no JSON', { 'content-type': 'text/html' }, '{}'],
    ['of no known type', {}, '{}'],
    ['too long', json, `"${'x'.repeat(1_000)}"`],
    ['longer than a socket buffer', json, `"${'x'.repeat(3_000_000)}"`],
  ])('gives the effect no body that is %s, and the caller all of it', async (_what, headers, body) => {
    const { got, bodies } = await asked(answering(200, headers, body));
    expect(bodies).toEqual([undefined]);
    expect(got.slice(got.indexOf('\r\n\r\n') + 4) === body).toBe(true);
  });

  it('streams a body that the effect does not read, once the effect is done', async () => {
    const long = 'x'.repeat(3_000_000);
    const { got, bodies } = await asked(answering(200, json, long), { bodyBytesMax: 0, work: async () => pass });
    expect(bodies).toEqual([]);
    expect(got.endsWith(`\r\n\r\n${long}`)).toBe(true);
  });

  it('is replaced by the body that the effect gives, with a head that fits it', async () => {
    const headers = { ...json, etag: '"1"', link: '</?page=2>; rel=next', 'x-total-count': '7', 'x-own': 'kept' };
    const { got } = await asked(answering(200, headers, '[1,2,3]'), {
      work: () => ({ kind: 'pass', body: Buffer.from('[2]') }),
    });
    expect(got).toMatch(/\r\nContent-Length: 3\r\n/);
    expect(got).toMatch(/\r\nCache-Control: private, no-store\r\n/);
    expect(got).toMatch(/\r\nx-own: kept\r\n/i);
    expect(got).not.toMatch(/etag|link|x-total-count/i);
    expect(got.endsWith('\r\n\r\n[2]')).toBe(true);
  });

  it('becomes a refusal where the effect says so, and nothing of it is seen', async () => {
    const { got, outcomes } = await asked(answering(201, json, '{"id":"secret"}'), {
      work: async () => ({ kind: 'refuse', reason: 'already_registered', cause: new Error('why') }),
    });
    expect(statusOf(got)).toBe(502);
    expect(reasonOf(got)).toBe('already_registered');
    expect(got).not.toContain('secret');
    expect(outcomes[0]).toMatchObject({ verdict: 'allow', reason: 'already_registered', status: 502 });
  });

  it('is refused when the effect fails in a way that nobody expected', async () => {
    const { got } = await asked(answering(200, json, '{}'), { work: () => Promise.reject(new Error('no')) });
    expect(statusOf(got)).toBe(500);
  });

  it('is refused when it breaks off, and the effect never sees a part of it', async () => {
    const { got, bodies } = await asked((_req, res) => {
      res.writeHead(200, { ...json, 'content-length': '100' }).write('{"id":');
      setTimeout(() => res.destroy(), 20);
    });
    expect(bodies).toEqual([]);
    expect(statusOf(got)).toBe(502);
  });
});

describe('an answer that drips', () => {
  it('is refused when it is not whole in time, and the application is let go', async () => {
    const gone = Promise.withResolvers<void>();
    await using app = await openApplication((_req, res) => {
      res.writeHead(200, json).write('{"id":"qft"');
      const drip = setInterval(() => res.write(' '), 20);
      res.on('close', () => {
        clearInterval(drip);
        gone.resolve();
      });
    });
    await using door = await openDoor({
      origin: app.origin,
      rule: { timeoutMs: 300 },
      effectOf: () => reading(() => pass),
    });
    const got = await sendRaw(door.port, get());
    expect({ status: statusOf(got), reason: reasonOf(got) }).toEqual({ status: 504, reason: 'upstream_timeout' });
    await gone.promise;
  });
});

describe('an effect whose caller has left', () => {
  const left = async (effect: Pick<Effect, 'outlivesCaller' | 'bodyBytesMax'>) => {
    const bodies: (string | undefined)[] = [];
    const arrived = Promise.withResolvers<ServerResponse>();
    await using app = await openApplication((_req, res) => arrived.resolve(res));
    const whole: Effect = { ...effect, work: (body) => (bodies.push(body?.toString()), pass) };
    const door = await openDoor({ origin: app.origin, effectOf: () => whole });
    const socket = open(door.port);
    socket.write(get());
    const res = await arrived.promise;
    socket.destroy();
    await door.outcomesOf(1);
    const isClosed = once(res, 'close');
    res.writeHead(201, json).end('{"id":"qft"}');
    // Stopping the gateway waits for it.
    await door[Symbol.asyncDispose]();
    await isClosed;
    return { bodies, outcome: door.outcomes[0] };
  };

  it('is done where the application did something that has to be recorded', async () => {
    const { bodies, outcome } = await left({ outlivesCaller: true, bodyBytesMax: 1_000 });
    expect(bodies).toEqual(['{"id":"qft"}']);
    expect(outcome).toMatchObject({ status: 0, ending: 'client-left' });
  });

  it('is given up otherwise', async () => {
    expect((await left({ outlivesCaller: false, bodyBytesMax: 1_000 })).bodies).toEqual([]);
  });

  it('leaves no answer behind that nobody takes', async () => {
    expect((await left({ outlivesCaller: true, bodyBytesMax: 0 })).bodies).toEqual([undefined]);
  });
});

describe('an answer that is held for long', () => {
  it('holds its application too, and loses nothing', async () => {
    const piece = Buffer.alloc(1 << 20, 'x');
    const piecesMax = 64;
    const stopped = Promise.withResolvers<number>();
    await using app = await openApplication((_req, res) => {
      res.writeHead(200, { ...json, connection: 'close' });
      let pieces = 0;
      const more = (): void => {
        while (pieces < piecesMax) {
          pieces += 1;
          if (res.write(piece)) continue;
          const stalled = setTimeout(() => stopped.resolve(pieces), 300);
          return void res.once('drain', () => {
            clearTimeout(stalled);
            more();
          });
        }
        stopped.resolve(pieces);
        res.end();
      };
      more();
    });
    const effect: Effect = {
      bodyBytesMax: 0,
      outlivesCaller: false,
      work: async () => {
        expect(await stopped.promise).toBeLessThan(piecesMax);
        return pass;
      },
    };
    await using door = await openDoor({ origin: app.origin, effectOf: () => effect });
    const got = await sendRaw(door.port, get());
    expect(statusOf(got)).toBe(200);
    expect(got.split('x').length - 1).toBeGreaterThanOrEqual(piecesMax * piece.length);
  });
});
