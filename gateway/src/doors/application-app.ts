import { createServer } from 'node:http';
import Fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import type { ProxyDoor } from './proxy/door.ts';
import { serverOptions } from './proxy/server-options.ts';

/**
 * The listener in front of applications. The proxy door takes each request as it came, before any router has looked at
 * it; Fastify keeps the listener and its closing.
 */
export const applicationApp = (door: ProxyDoor): FastifyInstance =>
  Fastify({
    return503OnClosing: false,
    serverFactory: () => {
      const server = createServer(serverOptions(), door.handle);
      door.attach(server);
      return server;
    },
    clientErrorHandler: door.onClientError,
  });
