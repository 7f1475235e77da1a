import type { FastifyInstance } from 'fastify';

/** One thing that must hold before the gateway can serve. `detail` is for operators and never carries a secret. */
export type Check = { readonly name: string; readonly state: 'ok' | 'warning' | 'failed'; readonly detail?: string };

/** `ready` is false from the moment that draining begins. */
export type Readiness = () => { readonly ready: boolean; readonly checks: readonly Check[] };

/** `/healthz`: this process answers. `/readyz`: it can decide; 503 otherwise, with the check that failed. A warning does not fail it. */
export const healthRoutes = (
  app: FastifyInstance,
  { version, readiness }: { version: string; readiness: Readiness },
): void => {
  app.get('/healthz', async (_request, reply) => {
    void reply.header('cache-control', 'no-store');
    return { status: 'ok', version };
  });

  app.get('/readyz', async (_request, reply) => {
    const { ready, checks } = readiness();
    const failed = checks.some(({ state }) => state === 'failed');
    void reply.code(ready && !failed ? 200 : 503).header('cache-control', 'no-store');
    return { status: ready && !failed ? 'ready' : 'not ready', version, checks };
  });
};
