import { errorOf } from '../../error-of.ts';
import { ticker } from '../../ticker.ts';
import type { Upstream } from '../upstream.ts';
import { dialer } from './dial.ts';
import { closeIdle, enqueue, newPool, tickPool } from './pool.ts';
import type { Pool, PoolLimits } from './pool.ts';
import { expectsBody, requestHead } from './request-head.ts';
import { finish, newSending, stop } from './sending.ts';
import type { Sending, SendingContext } from './sending.ts';
import { upload } from './upload.ts';

export type Http1Options = {
  /** Connections per origin. Requests beyond them wait, as long as their `headersTimeoutMs` allows. */
  readonly connectionsMax?: number;
  readonly connectTimeoutMs?: number;
  /** Shorter than what applications keep idle connections for (node: 5 s), so that they are seldom the first to close. */
  readonly keepAliveTimeoutMs?: number;
  readonly headBytesMax?: number;
  /** How often time-outs are looked at: each may be late by twice this much. */
  readonly tickMs?: number;
  /** Certificates (PEM) to trust instead of the system's. */
  readonly ca?: string;
};

export type Http1Upstream = Upstream & {
  /** How many requests were sent a second time because a reused connection was reset before it answered. */
  readonly resent: () => number;
};

const READ_BYTES = 64 * 1024;

/** HTTP/1.1 to applications over sockets of our own: one pool per origin, made when it is first used. */
export const http1Upstream = (options: Http1Options = {}): Http1Upstream => {
  const { tickMs = 250, ca } = options;
  const limits: PoolLimits = {
    connectionsMax: options.connectionsMax ?? 256,
    connectTimeoutMs: options.connectTimeoutMs ?? 5_000,
    keepAliveTimeoutMs: options.keepAliveTimeoutMs ?? 4_000,
    headBytesMax: options.headBytesMax ?? 32 * 1024,
  };
  const ticks = ticker(tickMs);
  const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
  const pools = new Map<string, Pool>();
  const running = countdown();
  const context: SendingContext = { ticks, tickMs, onFinished: running.down };
  ticks.add({
    slot: -1,
    onTick: () => {
      for (const pool of pools.values()) tickPool(pool, ticks.now());
    },
  });

  const poolOf = (origin: string): Pool => {
    const known = pools.get(origin);
    if (known !== undefined) return known;
    const pool = newPool(context, limits, dialer(origin, { ca, buffer }));
    pools.set(origin, pool);
    return pool;
  };

  return {
    send: (request, answer) => {
      const one = newSending(context, request, answer);
      running.up();
      try {
        if (running.isClosing()) throw new Error('the gateway sends nothing more');
        start(poolOf(request.origin), one);
      } catch (error) {
        finish(one, { kind: 'unreachable', cause: errorOf(error) });
      }
      return one;
    },
    close: async () => {
      await running.close();
      for (const pool of pools.values()) closeIdle(pool);
      ticks.close();
    },
    resent: () => pools.values().reduce((sum, { resentCount }) => sum + resentCount, 0),
  };
};

/** Throws when the request cannot be sent as it is. */
const start = (pool: Pool, one: Sending): void => {
  const { request } = one;
  const head = requestHead(request, pool.authority);
  if (head.kind === 'unsendable') throw head.cause;
  const emptyFraming = expectsBody(request.method) ? 'Content-Length: 0\r\n\r\n' : '\r\n';
  if (request.body === null) {
    one.head = head.text + (head.contentLength === -1 ? emptyFraming : '\r\n');
    return enqueue(pool, one);
  }
  one.head = head.text;
  one.upload = upload({
    body: request.body,
    contentLength: head.contentLength,
    emptyFraming,
    onReady: () => {
      progress(one);
      enqueue(pool, one);
    },
    onProgress: () => progress(one),
    onFailed: (failure) => stop(one, failure),
  });
};

const progress = (one: Sending): void => {
  one.since = one.context.ticks.now();
};

/** Counts what is under way, so that closing can wait for it. */
const countdown = () => {
  let count = 0;
  let over: PromiseWithResolvers<void> | undefined;
  const end = (): void => {
    if (count === 0) over?.resolve();
  };
  return {
    up: () => {
      count += 1;
    },
    down: () => {
      count -= 1;
      end();
    },
    isClosing: () => over !== undefined,
    close: () => {
      over ??= Promise.withResolvers();
      end();
      return over.promise;
    },
  };
};
