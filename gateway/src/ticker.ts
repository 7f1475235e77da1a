/** Something with a time-out. `onTick` may remove it, or others, from the ticker. */
export type Ticking = {
  readonly onTick: () => void;
  /** The ticker's: where the member stands in its list; -1 when it does not. */
  slot: number;
};

/** One coarse timer for many time-outs: joining and leaving cost two writes to a list, not a timer. */
export type Ticker = {
  readonly add: (member: Ticking) => void;
  readonly delete: (member: Ticking) => void;
  /** Ticks since the start: a clock that costs nothing to read. Each tick is `tickMs`. */
  readonly now: () => number;
  readonly close: () => void;
};

export const ticker = (tickMs: number): Ticker => {
  const members: Ticking[] = [];
  let now = 0;
  const timer = setInterval(() => {
    now += 1;
    // From the end: a member that leaves is replaced by one that was visited. Whoever is missed has the next tick.
    for (let slot = members.length - 1; slot >= 0; slot--) members[slot]?.onTick();
  }, tickMs).unref();
  return {
    add: (member) => {
      if (member.slot !== -1) return;
      member.slot = members.length;
      members.push(member);
    },
    delete: (member) => {
      const { slot } = member;
      if (slot === -1) return;
      const last = members[members.length - 1] ?? member;
      members[slot] = last;
      last.slot = slot;
      members.pop();
      member.slot = -1;
    },
    now: () => now,
    close: () => clearInterval(timer),
  };
};
