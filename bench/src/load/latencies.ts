/** Every latency is kept, so percentiles are exact. */
export const latencies = () => {
  let values = new Float64Array(65_536);
  let count = 0;
  return {
    add: (ms: number): void => {
      if (count === values.length) {
        const longer = new Float64Array(values.length * 2);
        longer.set(values);
        values = longer;
      }
      values[count] = ms;
      count += 1;
    },
    summary: (): { requests: number; p50Ms: number; p99Ms: number } => {
      const sorted = values.subarray(0, count).toSorted();
      return { requests: count, p50Ms: percentile(sorted, 50), p99Ms: percentile(sorted, 99) };
    },
  };
};

/** Nearest rank. */
const percentile = (sorted: Float64Array, percent: number): number =>
  sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? 0;
