import type { Algorithm, Job } from './algorithm.ts';
import { execute } from './circuit.ts';
import type { EventHub } from './events.ts';
import type { Edit, Store } from './store.ts';

export type JobRunner = {
  /** Takes a queued or interrupted job to its end, in the background. A job whose algorithm goes meanwhile is dropped. */
  readonly run: (job: Job) => void;
  readonly stop: () => void;
};

export type JobRunnerParts = {
  readonly store: Store;
  readonly events: EventHub;
  readonly now: () => string;
  readonly queueMs: number;
  readonly runMs: number;
  /** A step that could not be saved. It is tried again. */
  readonly onError: (error: unknown) => void;
};

const retryMs = 1_000;

export const jobRunner = ({ store, events, now, queueMs, runMs, onError }: JobRunnerParts): JobRunner => {
  const timers = new Set<NodeJS.Timeout>();
  let stopped = false;
  const after = (delayMs: number, step: () => Promise<void>) => {
    if (stopped) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      step().catch((error: unknown) => {
        onError(error);
        after(retryMs, step);
      });
    }, delayMs);
    timers.add(timer);
  };
  const advance = async (id: string, next: (job: Job, algorithm: Algorithm) => Job): Promise<boolean> => {
    const job = await store.change((state): Edit<Job | null> => {
      const stored = state.jobs.get(id);
      const algorithm = stored && state.algorithms.get(stored.algorithm);
      if (!stored || !algorithm) return { state, result: null };
      const advanced = next(stored, algorithm);
      return { state: { ...state, jobs: new Map(state.jobs).set(id, advanced) }, result: advanced };
    });
    if (job) events.publish({ type: `job.${job.state}`, at: now(), algorithm: job.algorithm, job: job.id });
    return job !== null;
  };
  const finish = (id: string) => async () => {
    await advance(id, (job, algorithm) => ({
      ...job,
      state: 'done',
      finished_at: now(),
      result: execute(algorithm, job),
    }));
  };
  const begin = (id: string) => async () => {
    if (await advance(id, (job) => ({ ...job, state: 'running' }))) after(runMs, finish(id));
  };
  return {
    run: (job) => after(queueMs, begin(job.id)),
    stop: () => {
      stopped = true;
      for (const timer of timers) clearTimeout(timer);
    },
  };
};
