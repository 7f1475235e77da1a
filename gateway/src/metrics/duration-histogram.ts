import type { Sample } from './family.ts';

/** Durations counted in fixed buckets: an observation is a short search and two additions. */
export type DurationHistogram = {
  readonly observe: (ms: number) => void;
  /** In seconds, cumulative, as Prometheus wants them; empty while nothing was observed. */
  readonly samples: (name: string, labels?: Readonly<Record<string, string>>) => readonly Sample[];
};

/** `boundsMs` are inclusive and ascending; beyond the last one lies +Inf. */
export const durationHistogram = (boundsMs: readonly number[]): DurationHistogram => {
  const bounds = Float64Array.from(boundsMs);
  const counts = new Float64Array(bounds.length + 1);
  let sumMs = 0;
  return {
    observe: (ms) => {
      let bucket = 0;
      // A value that is no number goes to +Inf and leaves the sum alone.
      while (bucket < bounds.length && !(ms <= (bounds[bucket] as number))) bucket += 1;
      counts[bucket] = (counts[bucket] as number) + 1;
      if (ms > 0) sumMs += ms;
    },
    samples: (name, labels = {}) => {
      let total = 0;
      const buckets = [...counts].map((count, index) => {
        total += count;
        const bound = bounds[index];
        const le = bound === undefined ? '+Inf' : String(bound / 1_000);
        return { name: `${name}_bucket`, labels: { ...labels, le }, value: total };
      });
      if (total === 0) return [];
      return [
        ...buckets,
        { name: `${name}_sum`, labels, value: sumMs / 1_000 },
        { name: `${name}_count`, labels, value: total },
      ];
    },
  };
};
