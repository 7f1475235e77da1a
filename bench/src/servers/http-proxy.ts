import { fastifyHttpProxy } from '@fastify/http-proxy';
import { fastify } from 'fastify';
import { serve } from './serve.ts';
import { upstreamOrigin } from './upstream-origin.ts';

/** The framework's own proxy with its defaults, without a logger and without authorization. */
const app = fastify({ logger: false });
await app.register(fastifyHttpProxy, { upstream: upstreamOrigin() });
await app.ready();
serve(app.server);
