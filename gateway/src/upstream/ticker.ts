/** Something with a time-out. `onTick` may remove it, or others, from the ticker. */
export type Ticking = { readonly onTick: () => void };

/** One coarse timer for many time-outs: joining and leaving cost a set operation, not a timer. */
export type Ticker = {
  readonly add: (member: Ticking) => void;
  readonly delete: (member: Ticking) => void;
  /** Ticks since the start: a clock that costs nothing to read. Each tick is `tickMs`. */
  readonly now: () => number;
  readonly close: () => void;
};

export const ticker = (tickMs: number): Ticker => {
  const members = new Set<Ticking>();
  let now = 0;
  const timer = setInterval(() => {
    now += 1;
    for (const member of members) member.onTick();
  }, tickMs).unref();
  return {
    add: (member) => void members.add(member),
    delete: (member) => void members.delete(member),
    now: () => now,
    close: () => clearInterval(timer),
  };
};
