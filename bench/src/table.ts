import type { Row, Spread } from './summary.ts';

/** A Markdown table that also reads well on a terminal. */
export const table = (rows: readonly Row[], reference: string): string => {
  const against = `÷ ${reference}`;
  const head = [
    'conns',
    'system',
    'requests/s',
    against,
    'CPU µs/req',
    against,
    'p50 ms',
    against,
    'p99 ms',
    against,
    'core',
  ];
  const cells = rows.map((row) => {
    const ratio = (value: Spread | null) => (row.system === reference ? '1' : ratioText(value));
    return [
      String(row.connections),
      row.system,
      Math.round(row.requestsPerSecond.median).toLocaleString('en').replaceAll(',', ' '),
      ratio(row.ratios.throughput),
      row.cpuMicrosPerRequest?.median.toFixed(1) ?? '–',
      ratio(row.ratios.cpu),
      row.p50Ms.median.toFixed(2),
      ratio(row.ratios.p50),
      row.p99Ms.median.toFixed(2),
      ratio(row.ratios.p99),
      row.proxyShare === null ? '–' : `${Math.round(row.proxyShare * 100)}%`,
    ];
  });
  return aligned(head, cells);
};

const ratioText = (value: Spread | null): string =>
  value === null ? '–' : `${value.median.toFixed(2)} (${value.min.toFixed(2)}–${value.max.toFixed(2)})`;

const aligned = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const widths = head.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const isText = (at: number) => head[at] === 'system';
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, at) => (isText(at) ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join(' | ')} |`;
  const rule = `|${widths.map((width, at) => (isText(at) ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [line(head), rule, ...rows.map(line)].join('\n');
};
