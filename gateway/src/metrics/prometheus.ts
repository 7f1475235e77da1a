import { collectDefaultMetrics, Registry } from 'prom-client';
import type { Metric } from 'prom-client';
import type { Family } from './family.ts';

/** What `/metrics` answers. */
export type MetricsPage = { readonly contentType: string; readonly text: string };

/** Prometheus text of families that are read at every call, and of the process. The one place that knows the library. */
export const prometheusPage = (families: () => readonly Family[]): (() => Promise<MetricsPage>) => {
  const ofProcess = new Registry();
  collectDefaultMetrics({ register: ofProcess });
  return async () => {
    const own = new Registry();
    for (const family of families()) own.registerMetric(asMetric(family));
    return { contentType: own.contentType, text: (await Registry.merge([own, ofProcess]).metrics()).trimStart() };
  };
};

/** A registry asks its metrics for no more than this; its own kinds can only be counted up, not set to a histogram. */
const asMetric = ({ name, help, type, samples }: Family): Metric =>
  ({
    name,
    get: async () => ({
      name,
      help,
      type,
      aggregator: 'sum',
      values: samples.map(({ name: metricName, labels = {}, value }) => ({ metricName, labels, value })),
    }),
  }) as unknown as Metric;
