import type { Sample } from '../src/measure.ts';

/** A measurement with plain numbers: one second, a full core. */
export const sample = (system: string, round: number, given: Partial<Sample> = {}): Sample => ({
  system,
  round,
  connections: 64,
  requests: 1_000,
  seconds: 1,
  p50Ms: 2,
  p99Ms: 4,
  cpuMicros: 50,
  proxyShare: 1,
  upstreamShare: 0.4,
  loadShare: 0.2,
  othersShare: 0,
  ...given,
});
