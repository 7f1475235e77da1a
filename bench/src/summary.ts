import type { Sample } from './measure.ts';

export type Spread = { readonly median: number; readonly min: number; readonly max: number };

/** All rounds of one system at one number of connections. */
export type Row = {
  readonly connections: number;
  readonly system: string;
  readonly requestsPerSecond: Spread;
  readonly cpuMicrosPerRequest: Spread | null;
  readonly p50Ms: Spread;
  readonly p99Ms: Spread;
  /** Each round's value divided by the reference's value of the same round, then the median of those. */
  readonly ratios: {
    readonly throughput: Spread;
    readonly cpu: Spread | null;
    readonly p50: Spread;
    readonly p99: Spread;
  };
  /** Medians, in parts of one core. */
  readonly proxyShare: number | null;
  readonly upstreamShare: number;
  readonly loadShare: number;
  readonly othersShare: number;
};

export type Bar = {
  readonly system: string;
  readonly connections: number;
  readonly throughputRatioMin: number;
  readonly throughputRatio: number;
  readonly met: boolean;
};

const throughputOf = (sample: Sample): number => sample.requests / sample.seconds;

/** Rows in the order in which systems and connections first appear. `reference` must be among the samples. */
export const summary = (samples: readonly Sample[], reference: string): Row[] => {
  const groups = Map.groupBy(samples, ({ connections, system }) => `${connections} ${system}`);
  const ordered = [...groups.values()].toSorted(
    ([left], [right]) => (left?.connections ?? 0) - (right?.connections ?? 0),
  );
  return ordered.map((group) =>
    row(
      group,
      samples.filter(({ system }) => system === reference),
    ),
  );
};

/** The promise about throughput under load. Null when the run did not measure it. */
export const bar = (rows: readonly Row[]): Bar | null => {
  const wanted = { system: 'gatehouse', connections: 64, throughputRatioMin: 0.85 };
  const found = rows.find(({ system, connections }) => system === wanted.system && connections === wanted.connections);
  if (!found) return null;
  const throughputRatio = found.ratios.throughput.median;
  return { ...wanted, throughputRatio, met: throughputRatio >= wanted.throughputRatioMin };
};

const row = (group: readonly Sample[], references: readonly Sample[]): Row => {
  const [first] = group;
  if (!first) throw new Error('no samples');
  const pairs = group.map((sample) => ({ sample, against: partner(sample, references) }));
  const ratio = (of: (sample: Sample) => number) =>
    spread(pairs.map(({ sample, against }) => of(sample) / of(against)));
  const isCpuKnown = pairs.every(({ sample, against }) => sample.cpuMicros !== null && against.cpuMicros !== null);
  const shares = group.map(({ proxyShare }) => proxyShare).filter((share) => share !== null);
  return {
    connections: first.connections,
    system: first.system,
    requestsPerSecond: spread(group.map(throughputOf)),
    cpuMicrosPerRequest: isCpuKnown ? spread(group.map(cpuOf)) : null,
    p50Ms: spread(group.map(({ p50Ms }) => p50Ms)),
    p99Ms: spread(group.map(({ p99Ms }) => p99Ms)),
    ratios: {
      throughput: ratio(throughputOf),
      cpu: isCpuKnown ? ratio(cpuOf) : null,
      p50: ratio(({ p50Ms }) => p50Ms),
      p99: ratio(({ p99Ms }) => p99Ms),
    },
    proxyShare: shares.length === group.length ? median(shares) : null,
    upstreamShare: median(group.map(({ upstreamShare }) => upstreamShare)),
    loadShare: median(group.map(({ loadShare }) => loadShare)),
    othersShare: median(group.map(({ othersShare }) => othersShare)),
  };
};

const cpuOf = ({ cpuMicros }: Sample): number => cpuMicros ?? Number.NaN;

const partner = (sample: Sample, references: readonly Sample[]): Sample => {
  const found = references.find(
    ({ round, connections }) => round === sample.round && connections === sample.connections,
  );
  if (!found) throw new Error(`no reference in round ${sample.round} at ${sample.connections} connections`);
  return found;
};

export const spread = (values: readonly number[]): Spread => ({
  median: median(values),
  min: Math.min(...values),
  max: Math.max(...values),
});

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
};
