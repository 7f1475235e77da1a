import { availableParallelism, cpus } from 'node:os';
import type { Sample } from './measure.ts';
import type { Options } from './options.ts';
import { bar, summary } from './summary.ts';
import type { Bar, Row } from './summary.ts';
import type { System } from './systems/system.ts';
import { table } from './table.ts';

/** What `--json` writes. */
export type Report = {
  readonly kind: 'gatehouse-bench';
  readonly at: string;
  readonly machine: { readonly node: string; readonly platform: string; readonly cpu: string; readonly cores: number };
  readonly options: Options;
  /** In the order in which they were started. */
  readonly systems: readonly Pick<System, 'name' | 'what'>[];
  readonly rows: readonly Row[];
  readonly bar: Bar | null;
  readonly samples: readonly Sample[];
};

export const report = (samples: readonly Sample[], systems: Report['systems'], options: Options, at: Date): Report => {
  const rows = summary(samples, options.reference);
  const machine = {
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
  };
  return {
    kind: 'gatehouse-bench',
    at: at.toISOString(),
    machine,
    options,
    systems: systems.map(({ name, what }) => ({ name, what })),
    rows,
    bar: bar(rows),
    samples,
  };
};

/** Below this share of a core, the proxy was not what limited the throughput. */
const fullShare = 0.85;

export const reportText = ({ at, machine, options, systems, rows, bar: measured }: Report): string => {
  const { rounds, seconds, objects, warmupSeconds } = options;
  const lines = [
    table(rows, options.reference),
    '',
    ...systems.map(({ name, what }) => `* \`${name}\`: ${what}`),
    '',
    `${at.slice(0, 10)}, Node ${machine.node.slice(1)} on ${machine.platform}, ${machine.cores} cores (${machine.cpu}); ` +
      `${rounds} rounds of ${seconds} s after ${warmupSeconds} s of warm-up each, ${objects} objects. ` +
      `Medians; ratios are medians of per-round ratios with the smallest and the largest.`,
    ...limits(rows, Math.max(...options.connections)),
  ];
  if (measured) lines.push('', barText(measured));
  return lines.join('\n');
};

/** What else could have been the limit under the heaviest load: the measuring itself, or the machine. */
const limits = (rows: readonly Row[], connections: number): string[] => {
  const most = rows.filter((row) => row.connections === connections);
  const highest = (share: (row: Row) => number) => `${Math.round(Math.max(...most.map(share)) * 100)}%`;
  const used =
    `At ${connections} connections the load generator used ${highest(({ loadShare }) => loadShare)} of a core, ` +
    `the upstream ${highest(({ upstreamShare }) => upstreamShare)}, other programs ${highest(({ othersShare }) => othersShare)}.`;
  const idle = most
    .filter(({ proxyShare }) => proxyShare !== null && proxyShare < fullShare)
    .map(({ system }) => system);
  return idle.length === 0
    ? ['', used]
    : [
        '',
        `${used} **The proxy was not the limit** for ${idle.join(', ')}: read CPU per request there, not throughput.`,
      ];
};

const barText = ({ system, connections, throughputRatio, throughputRatioMin, met }: Bar): string =>
  `Bar: ${system} at ${connections} connections reaches ${throughputRatio.toFixed(2)} of the reference’s throughput; ` +
  `${throughputRatioMin} is asked: **${met ? 'met' : 'missed'}**.`;
