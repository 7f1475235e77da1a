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

type Stage = 'waiting' | 'gathering' | 'working' | 'passing';

/**
 * Holds a 2xx answer back until the rule's effect has done its work, so that the caller never learns of something that is
 * not in force yet. Any other answer passes as it is.
 */
export const heldAnswer = (effect: Effect, to: Destination): HeldAnswer => {
  const done = Promise.withResolvers<void>();
  const chunks: Buffer[] = [];
  let stage: Stage = 'waiting';
  let status = 0;
  let headers: readonly string[] = [];
  let bytes = 0;
  let isEnded = false;
  /** The application was told to pause. */
  let isPaused = false;
  let failure: UpstreamFailure | undefined;

  const isWorking = (): boolean => stage === 'working';

  const work = (body: Buffer | undefined): void => {
    stage = 'working';
    const worked = effect.work(body);
    if (worked instanceof Promise) void worked.then(conclude, crashed);
    else conclude(worked);
  };

  const crashed = (error: unknown): void =>
    conclude({ kind: 'refuse', reason: 'internal', cause: error instanceof Error ? error : new Error(String(error)) });

  const conclude = (worked: Worked): void => {
    stage = 'passing';
    done.resolve();
    if (to.isGone()) to.exchange?.abort();
    else if (worked.kind === 'refuse') to.onRefused(worked);
    else if (failure !== undefined) to.onError(failure);
    else pass(worked.body);
  };

  const pass = (body: Buffer | undefined): void => {
    to.onHead(status, body === undefined ? headers : replacedHead(headers, body.length));
    const isTaken = (body === undefined ? chunks : [body]).map((chunk) => to.onData(chunk)).every(Boolean);
    chunks.length = 0;
    if (isEnded) to.onEnd();
    else if (!isTaken) isPaused = true;
    else if (isPaused) to.exchange?.resume();
  };

  return {
    done: done.promise,
    onHead: (gotStatus, gotHeaders) => {
      status = gotStatus;
      headers = gotHeaders;
      if (status < 200 || status > 299) {
        stage = 'passing';
        done.resolve();
        to.onHead(status, headers);
      } else if (effect.bodyBytesMax > 0 && isReadable(headers)) stage = 'gathering';
      else work(undefined);
    },
    onData: (chunk) => {
      if (stage === 'passing') return to.onData(chunk);
      chunks.push(chunk);
      bytes += chunk.length;
      if (stage === 'gathering' && bytes <= effect.bodyBytesMax) return true;
      if (stage === 'gathering') work(undefined);
      // Where the work was done at once, the pieces have gone on already, and the caller may want no more of them yet.
      if (isWorking()) isPaused = true;
      return !isPaused;
    },
    onEnd: () => {
      isEnded = true;
      if (stage === 'gathering') work(Buffer.concat(chunks));
      else if (stage === 'passing') to.onEnd();
    },
    onError: (failed) => {
      failure = failed;
      if (stage === 'working') return;
      stage = 'passing';
      done.resolve();
      to.onError(failed);
    },
  };
};
