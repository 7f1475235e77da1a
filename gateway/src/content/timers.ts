/** Time that passes. What waits does not keep the process alive. */
export type Timers = { readonly after: (delayMs: number, work: () => void) => { readonly cancel: () => void } };

export const systemTimers: Timers = {
  after: (delayMs, work) => {
    const timer = setTimeout(work, delayMs).unref();
    return { cancel: () => clearTimeout(timer) };
  },
};
