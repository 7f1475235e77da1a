import { createServer } from 'node:http';
import Fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { newId } from '@gatehouse/db/ids';
import { problem, problemMediaType } from './problem.ts';
import type { ProxyDoor } from './proxy/door.ts';
import { serverOptions } from './proxy/server-options.ts';

/** Of the path space of applications only this is ours. */
const ownPaths = '/.gatehouse/';

/**
 * The listener in front of applications. The proxy door takes each request as it came, before any router has looked at
 * it; only `/.gatehouse/*` reaches Fastify.
 */
export const applicationApp = (door: ProxyDoor): FastifyInstance => {
  const app = Fastify({
    genReqId: () => newId('req'),
    return503OnClosing: false,
    serverFactory: (handler) => {
      const server = createServer(serverOptions(), (request, response) => {
        if (request.url?.startsWith(ownPaths) === true) handler(request, response);
        else door.handle(request, response);
      });
      door.attach(server);
      return server;
    },
    clientErrorHandler: door.onClientError,
  });
  app.setNotFoundHandler(async (request, reply) => {
    void reply.code(404).type(problemMediaType);
    return problem({ reason: 'no_route', requestId: request.id });
  });
  return app;
};
