import type { Exchange, Upstream, UpstreamFailure, UpstreamRequest } from '../upstream.ts';

export type OpenUpstream = (options: { readonly connectionsMax: number; readonly tickMs: number }) => Upstream;

export type Heard = {
  status: number | undefined;
  headers: readonly string[];
  body: string;
  bytes: number;
  failure: UpstreamFailure['kind'] | undefined;
  /** How often each was called; more than one end is a broken contract. */
  heads: number;
  ends: number;
};

export type Asking = {
  readonly heard: Heard;
  readonly exchange: Exchange;
  /** The end, of either kind. */
  readonly done: Promise<Heard>;
  /** The first piece of the body. */
  readonly data: Promise<void>;
  readonly head: Promise<void>;
  /** Makes the reader take no more, or go on. */
  readonly hold: () => void;
  readonly go: () => void;
};

/** Sends one request and collects everything that is said about it. */
export const ask = (upstream: Upstream, request: Partial<UpstreamRequest> & { readonly origin: string }): Asking => {
  const heard: Heard = { status: undefined, headers: [], body: '', bytes: 0, failure: undefined, heads: 0, ends: 0 };
  const done = Promise.withResolvers<Heard>();
  const data = Promise.withResolvers<void>();
  const head = Promise.withResolvers<void>();
  let isHeld = false;
  const exchange = upstream.send(
    { method: 'GET', path: '/', headers: [], body: null, headersTimeoutMs: 2_000, idleTimeoutMs: 2_000, ...request },
    {
      onHead: (status, headers) => {
        heard.heads += 1;
        Object.assign(heard, { status, headers });
        head.resolve();
      },
      onData: (chunk) => {
        heard.bytes += chunk.length;
        if (heard.bytes < 1_000_000) heard.body += chunk.toString('latin1');
        data.resolve();
        return !isHeld;
      },
      onEnd: () => {
        heard.ends += 1;
        done.resolve(heard);
      },
      onError: (failure) => {
        heard.ends += 1;
        heard.failure = failure.kind;
        done.resolve(heard);
      },
    },
  );
  return {
    heard,
    exchange,
    done: done.promise,
    data: data.promise,
    head: head.promise,
    hold: () => {
      isHeld = true;
    },
    go: () => {
      isHeld = false;
      exchange.resume();
    },
  };
};

/** Resolves when a number has stopped growing: what back-pressure looks like from the other side. */
export const settled = async (read: () => number): Promise<number> => {
  let last = -1;
  for (let equal = 0; equal < 5;) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    const now = read();
    equal = now === last ? equal + 1 : 0;
    last = now;
  }
  return last;
};
