import fastifyHelmet from '@fastify/helmet';
import Fastify from 'fastify';
import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify';
import type { Reason } from '@gatehouse/policies/reasons';
import { reasons } from '@gatehouse/policies/reasons';
import { newId } from '@gatehouse/db/ids';
import { problem, problemMediaType } from '../doors/problem.ts';
import { consoleRoutes } from './console.ts';
import { healthRoutes } from './health.ts';
import type { Readiness } from './health.ts';
import { metricsRoute } from './metrics-route.ts';
import { signInRoute } from './sign-in.ts';
import type { ReadMetrics } from '../metrics/metrics-page.ts';

type Parts = {
  readonly version: string;
  readonly readiness: Readiness;
  readonly metrics: ReadMetrics;
  readonly consoleFolder: string;
};

/** The console may load and call its own origin only, and compiles its templates through one Trusted Types policy. */
const contentSecurityPolicy = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'"],
    fontSrc: ["'self'"],
    connectSrc: ["'self'"],
    baseUri: ["'none'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
    requireTrustedTypesFor: ["'script'"],
    trustedTypes: ['svelte-trusted-html'],
  },
};

/** The control listener: console, health and metrics. Built once for each address that it listens on. */
export const controlApp = async ({ version, readiness, metrics, consoleFolder }: Parts): Promise<FastifyInstance> => {
  const app = Fastify({
    genReqId: () => newId('req'),
    requestTimeout: 30_000,
    bodyLimit: 1 << 20,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    frameworkErrors: (_error, request, reply: FastifyReply) => {
      void reply
        .code(400)
        .type(problemMediaType)
        .send(problem({ reason: 'bad_request', requestId: request.id }));
    },
  });
  await app.register(fastifyHelmet, {
    contentSecurityPolicy,
    crossOriginResourcePolicy: { policy: 'same-origin' },
    // Control has no TLS of its own; promising it for a year is the business of whoever terminates TLS.
    strictTransportSecurity: false,
  });
  healthRoutes(app, { version, readiness });
  metricsRoute(app, metrics);
  signInRoute(app);
  await consoleRoutes(app, { folder: consoleFolder });
  app.setNotFoundHandler(async (request, reply) => {
    void reply.code(404).type(problemMediaType);
    return problem({ reason: 'no_route', requestId: request.id });
  });
  app.setErrorHandler<FastifyError>(async (error, request, reply) => {
    const reason = reasonOf(error.statusCode ?? 500);
    void reply.code(reasons[reason].status).type(problemMediaType);
    return problem({ reason, requestId: request.id });
  });
  return app;
};

const reasonOf = (status: number): Reason => {
  if (status >= 500) return 'internal';
  return status === 413 ? 'body_too_large' : 'bad_request';
};
