import { reference } from './reference.ts';

export const httpProxy = reference(
  'http-proxy',
  'Fastify with `@fastify/http-proxy`, defaults, no authorization',
  'servers/http-proxy.ts',
);
