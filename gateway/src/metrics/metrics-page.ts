import type { Family } from './family.ts';
import type { MetricsPage } from './prometheus.ts';

export type ReadMetrics = () => Promise<MetricsPage>;

/** The library is loaded by the first who asks: a start, and an installation that nobody scrapes, do without it. */
export const metricsPage = (families: () => readonly Family[]): ReadMetrics => {
  let page: Promise<ReadMetrics> | undefined;
  return async () => {
    page ??= import('./prometheus.ts').then(({ prometheusPage }) => prometheusPage(families));
    return (await page)();
  };
};
