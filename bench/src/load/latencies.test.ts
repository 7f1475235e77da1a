import { describe, expect, it } from 'vitest';
import { latencies } from './latencies.ts';

describe('latencies', () => {
  it('gives exact percentiles, in whatever order they came', () => {
    const recorded = latencies();
    for (let ms = 100; ms >= 1; ms -= 1) recorded.add(ms);
    expect(recorded.summary()).toEqual({ requests: 100, p50Ms: 50, p99Ms: 99 });
  });

  it('grows', () => {
    const recorded = latencies();
    for (let ms = 1; ms <= 200_000; ms += 1) recorded.add(ms);
    expect(recorded.summary()).toEqual({ requests: 200_000, p50Ms: 100_000, p99Ms: 198_000 });
  });

  it('has nothing to say about nothing', () => {
    expect(latencies().summary()).toEqual({ requests: 0, p50Ms: 0, p99Ms: 0 });
  });
});
