import type { FastifyInstance } from 'fastify';
import type { ReadMetrics } from '../metrics/metrics-page.ts';

/** `/metrics`: what Prometheus scrapes. Like health it asks for no credential, and names no person and no path. */
export const metricsRoute = (app: FastifyInstance, metrics: ReadMetrics): void => {
  app.get('/metrics', async (_request, reply) => {
    const { contentType, text } = await metrics();
    void reply.type(contentType).header('cache-control', 'no-store');
    return text;
  });
};
