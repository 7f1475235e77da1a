import type { FastifyInstance } from 'fastify';

/**
 * Takes no new connections and lets running requests finish; after `graceMs` what is left is cut. Resolves when the
 * listener is closed.
 */
export const drain = async (app: FastifyInstance, graceMs: number): Promise<void> => {
  const timer = setTimeout(() => app.server.closeAllConnections(), graceMs);
  await app.close();
  clearTimeout(timer);
};
