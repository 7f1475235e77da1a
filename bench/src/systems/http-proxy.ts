import { reference } from './reference.ts';

export const httpProxy = reference(
  'http-proxy',
  'Fastify with `@fastify/http-proxy`, defaults, no authorization',
  new URL('../servers/http-proxy.ts', import.meta.url),
);
