import { errorOf } from '../error-of.ts';
import { Client, Pool } from 'undici';
import type { Dispatcher } from 'undici';
import { assign, newConnection, finish, sending, queue } from './sending.ts';
import type { Sending } from './sending.ts';
import { ticker } from '../ticker.ts';
import type { Ticker } from '../ticker.ts';
import type { Upstream } from './upstream.ts';

export type UndiciOptions = {
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

export type UndiciUpstream = Upstream & {
  /** How many requests were sent a second time because a reused connection was reset before it answered. */
  readonly resent: () => number;
};

const defaults = {
  connectionsMax: 256,
  connectTimeoutMs: 5_000,
  keepAliveTimeoutMs: 4_000,
  headBytesMax: 32 * 1024,
  tickMs: 250,
};

/** HTTP/1.1 to applications over undici's `dispatch`: one pool per origin, made when it is first used. */
export const undiciUpstream = (options: UndiciOptions = {}): UndiciUpstream => {
  const ticks = ticker(options.tickMs ?? defaults.tickMs);
  const settings = poolSettings(options, ticks);
  const pools = new Map<string, Pool>();
  let resent = 0;

  const start = (one: Sending): void => {
    let pool = pools.get(one.request.origin);
    if (pool === undefined) {
      pool = new Pool(one.request.origin, settings);
      pools.set(one.request.origin, pool);
    }
    pool.dispatch(one.dispatch, one);
    queue(one);
  };
  const context = {
    ticks,
    tickMs: options.tickMs ?? defaults.tickMs,
    resend: (one: Sending) => {
      resent += 1;
      start(one);
    },
  };

  return {
    send: (request, answer) => {
      const one = sending(context, request, answer);
      try {
        start(one);
      } catch (error) {
        finish(one, { kind: 'unreachable', cause: errorOf(error) });
      }
      return one;
    },
    close: async () => {
      await Promise.all(Array.from(pools.values(), (pool) => pool.close()));
      ticks.close();
    },
    resent: () => resent,
  };
};

const poolSettings = (options: UndiciOptions, ticks: Ticker): Pool.Options => ({
  connections: options.connectionsMax ?? defaults.connectionsMax,
  pipelining: 1,
  allowH2: false,
  keepAliveTimeout: options.keepAliveTimeoutMs ?? defaults.keepAliveTimeoutMs,
  // An application may ask for less, never for more.
  keepAliveMaxTimeout: options.keepAliveTimeoutMs ?? defaults.keepAliveTimeoutMs,
  maxHeaderSize: options.headBytesMax ?? defaults.headBytesMax,
  // Time-outs are the sending's: undici does not count the wait for a connection.
  headersTimeout: 0,
  bodyTimeout: 0,
  connect: {
    rejectUnauthorized: true,
    timeout: options.connectTimeoutMs ?? defaults.connectTimeoutMs,
    ...(options.ca === undefined ? {} : { ca: options.ca }),
  },
  factory: carrying(ticks),
});

/** Clients that know which sending they carry, and how many their connection has carried: undici keeps that to itself. */
const carrying =
  (ticks: Ticker) =>
  (origin: URL, options: object): Dispatcher => {
    const client = new Client(origin, options);
    const connection = newConnection();
    ticks.add(connection);
    client.on('connect', () => {
      connection.requestsCount = 0;
    });
    const dispatch = client.dispatch.bind(client);
    client.dispatch = (request, handler) => {
      assign(handler as Sending, connection);
      return dispatch(request, handler);
    };
    return client;
  };
