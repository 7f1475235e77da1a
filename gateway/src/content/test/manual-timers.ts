import type { Timers } from '../timers.ts';

/** Timers that pass when the test says so. */
export const manualTimers = () => {
  const waiting = new Map<object, { readonly delayMs: number; readonly work: () => void }>();
  const timers: Timers = {
    after: (delayMs, work) => {
      const key = {};
      waiting.set(key, { delayMs, work });
      return { cancel: () => void waiting.delete(key) };
    },
  };
  return {
    timers,
    delays: () => [...waiting.values()].map(({ delayMs }) => delayMs),
    pass: () => {
      const due = [...waiting.values()];
      waiting.clear();
      for (const { work } of due) work();
    },
  };
};
