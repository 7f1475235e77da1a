import { errorOf } from '../../error-of.ts';
import type { Effect, Worked } from '../../effects/effect.ts';
import type { Exchange, UpstreamAnswer, UpstreamFailure } from '../../upstream/upstream.ts';
import { isReadable, replacedHead } from './held-head.ts';

/** Where a held answer goes when its effect is done. */
export type Destination = UpstreamAnswer & {
  readonly exchange: Exchange | undefined;
  /** The caller got no answer and gets none from here any more. */
  readonly isGone: () => boolean;
  readonly onRefused: (refusal: Extract<Worked, { kind: 'refuse' }>) => void;
};

export type HeldAnswer = UpstreamAnswer & {
  /** Resolves when nothing is left to do for the effect, whatever became of the caller. */
  readonly done: Promise<void>;
};

type Held = HeldAnswer & {
  readonly effect: Effect;
  readonly to: Destination;
  readonly readTimeoutMs: number;
  readonly resolve: () => void;
  readonly chunks: Buffer[];
  stage: 'waiting' | 'gathering' | 'working' | 'passing';
  status: number;
  headers: readonly string[];
  bytes: number;
  isEnded: boolean;
  /** The application was told to pause. */
  isPaused: boolean;
  failure: UpstreamFailure | undefined;
  timer: NodeJS.Timeout | undefined;
};

/**
 * Holds a 2xx answer back until the rule's effect has done its work, so that the caller never learns of something that is
 * not in force yet. Any other answer passes as it is. A body that is read has to be whole within `readTimeoutMs`.
 */
export const heldAnswer = (effect: Effect, to: Destination, readTimeoutMs: number): HeldAnswer => {
  const { promise: done, resolve } = Promise.withResolvers<void>();
  const held: Held = {
    effect,
    to,
    readTimeoutMs,
    done,
    resolve,
    chunks: [],
    stage: 'waiting',
    status: 0,
    headers: [],
    bytes: 0,
    isEnded: false,
    isPaused: false,
    failure: undefined,
    timer: undefined,
    onHead,
    onData,
    onEnd,
    onError,
  };
  return held;
};

function onHead(this: Held, status: number, headers: readonly string[]): void {
  this.status = status;
  this.headers = headers;
  if (status < 200 || status > 299) {
    release(this);
    this.to.onHead(status, headers);
  } else if (this.effect.bodyBytesMax > 0 && isReadable(headers)) {
    this.stage = 'gathering';
    this.timer = setTimeout(expire, this.readTimeoutMs, this).unref();
  } else work(this, undefined);
}

/** Nobody sees a byte of it meanwhile: an application that drips could hold the caller for days. */
const expire = (held: Held): void => {
  const { to, readTimeoutMs } = held;
  release(held);
  to.onError({ kind: 'timeout', cause: new Error(`the answer was not whole after ${readTimeoutMs} ms`) });
  // A caller who has left is told nothing, but the application is let go all the same.
  to.exchange?.abort();
};

function onData(this: Held, chunk: Buffer): boolean {
  if (this.stage === 'passing') return this.to.onData(chunk);
  this.chunks.push(chunk);
  this.bytes += chunk.length;
  if (this.stage === 'gathering') {
    if (this.bytes <= this.effect.bodyBytesMax) return true;
    work(this, undefined);
  }
  // Where the work was done at once, the pieces have gone on already, and the caller may want no more of them yet.
  if (isWorking(this)) this.isPaused = true;
  return !this.isPaused;
}

function onEnd(this: Held): void {
  this.isEnded = true;
  if (this.stage === 'gathering') work(this, Buffer.concat(this.chunks));
  else if (this.stage === 'passing') this.to.onEnd();
}

function onError(this: Held, failure: UpstreamFailure): void {
  this.failure = failure;
  if (this.stage === 'working') return;
  release(this);
  this.to.onError(failure);
}

const isWorking = ({ stage }: Held): boolean => stage === 'working';

const work = (held: Held, body: Buffer | undefined): void => {
  clearTimeout(held.timer);
  held.stage = 'working';
  const worked = held.effect.work(body);
  if (!(worked instanceof Promise)) return conclude(held, worked);
  void worked.then(
    (done) => conclude(held, done),
    (error: unknown) => conclude(held, crashed(error)),
  );
};

const crashed = (error: unknown): Worked => ({
  kind: 'refuse',
  reason: 'internal',
  cause: errorOf(error),
});

/** From here on the answer goes where it would have gone without an effect. */
const release = (held: Held): void => {
  clearTimeout(held.timer);
  held.stage = 'passing';
  held.resolve();
};

const conclude = (held: Held, worked: Worked): void => {
  const { to, failure } = held;
  release(held);
  if (to.isGone()) to.exchange?.abort();
  else if (worked.kind === 'refuse') to.onRefused(worked);
  else if (failure !== undefined) to.onError(failure);
  else pass(held, worked.body);
};

const pass = (held: Held, body: Buffer | undefined): void => {
  const { to, status, headers } = held;
  to.onHead(status, body === undefined ? headers : replacedHead(headers, body.length));
  const pieces = body === undefined ? held.chunks.splice(0) : [body];
  const isTaken = pieces.map((piece) => to.onData(piece)).every(Boolean);
  if (held.isEnded) to.onEnd();
  else if (!isTaken) held.isPaused = true;
  else if (held.isPaused) to.exchange?.resume();
};
