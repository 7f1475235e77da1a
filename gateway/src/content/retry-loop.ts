import type { Timers } from './timers.ts';

export type RetryOptions = {
  readonly timers: Timers;
  /** From 0 to 1, as `Math.random`. */
  readonly random: () => number;
  readonly retryMsMin: number;
  readonly retryMsMax: number;
};

type Parts<Lane> = RetryOptions & {
  /** What waits. */
  readonly lanes: () => readonly Lane[];
  /** Resolves with whether nothing failed; never rejects. */
  readonly work: (lane: Lane) => Promise<boolean>;
};

export type RetryLoop = {
  /** Tries everything that waits, now. */
  readonly round: () => Promise<void>;
  /** Something was tried beside the rounds. */
  readonly worked: (succeeded: boolean) => void;
  readonly close: () => void;
};

/** So many failures in a row say that it is the database that refuses, and not one of the objects. */
const failuresInRowMax = 3;

/**
 * Rounds over what waits: the pause doubles as long as nothing succeeds, and is spread so that several gateways do not
 * come at the same moment. The next round begins where the last one gave up.
 */
export const retryLoop = <Lane>(parts: Parts<Lane>): RetryLoop => {
  const { timers, random, retryMsMin, retryMsMax, lanes, work } = parts;
  let fruitless = 0;
  let next: { readonly cancel: () => void } | undefined;
  const life = { isClosed: false };
  let begin = 0;

  const schedule = (): void => {
    if (life.isClosed || next !== undefined || lanes().length === 0) return;
    const pauseMs = Math.min(retryMsMax, retryMsMin * 2 ** Math.min(fruitless, 30));
    next = timers.after(pauseMs * (0.5 + random() / 2), () => {
      next = undefined;
      void round();
    });
  };
  const round = async (): Promise<void> => {
    const waiting = lanes();
    let inRow = 0;
    let succeeded = 0;
    for (let done = 0; done < waiting.length && inRow < failuresInRowMax && !life.isClosed; done += 1) {
      begin = (begin + 1) % waiting.length;
      const isDone = await work(waiting[begin]!);
      inRow = isDone ? 0 : inRow + 1;
      succeeded += isDone ? 1 : 0;
    }
    fruitless = succeeded > 0 ? 0 : fruitless + 1;
    schedule();
  };
  return {
    round,
    worked: (isDone) => {
      if (isDone && fruitless > 0) {
        fruitless = 0;
        next?.cancel();
        next = undefined;
      }
      schedule();
    },
    close: () => {
      life.isClosed = true;
      next?.cancel();
      next = undefined;
    },
  };
};
