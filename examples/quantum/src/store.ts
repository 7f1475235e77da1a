import type { Algorithm, Job } from './algorithm.ts';

/** Never changed in place: a change makes a new state. */
export type State = {
  readonly algorithms: ReadonlyMap<string, Algorithm>;
  readonly jobs: ReadonlyMap<string, Job>;
};

export type Edit<T> = { readonly state: State; readonly result: T };

export type Store = {
  readonly state: () => State;
  /**
   * Runs one edit at a time, in the order of the calls, on the newest state. The new state is saved first and shown
   * afterwards; when it cannot be saved, the promise rejects and nothing has changed. Returning the same state saves nothing.
   */
  readonly change: <T>(edit: (state: State) => Edit<T>) => Promise<T>;
};

export const store = (initial: State, save: (state: State) => Promise<void> = async () => {}): Store => {
  let current = initial;
  let last: Promise<unknown> = Promise.resolve();
  return {
    state: () => current,
    change: (edit) => {
      const run = async () => {
        const { state, result } = edit(current);
        if (state !== current) await save(state);
        current = state;
        return result;
      };
      const done = last.then(run, run);
      last = done.catch(() => {});
      return done;
    },
  };
};
