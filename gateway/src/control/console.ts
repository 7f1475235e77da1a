import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The built console under `/console/`. Its files carry a hash in their name, the page itself is never stored. */
export const consoleRoutes = async (app: FastifyInstance, { folder }: { folder: string }): Promise<void> => {
  app.get('/', async (_request, reply) => reply.redirect('/console/'));
  app.get('/console', async (_request, reply) => reply.redirect('/console/'));
  if (!existsSync(join(folder, 'index.html'))) {
    app.get('/console/*', async (_request, reply) =>
      reply
        .code(503)
        .type('text/plain; charset=utf-8')
        .send('The console is not built. Run "npm run build" and start again.\n'),
    );
    return;
  }
  await app.register(fastifyStatic, {
    root: folder,
    prefix: '/console/',
    cacheControl: false,
    setHeaders: (reply, path) => {
      const hashed = path.startsWith(join(folder, 'assets'));
      void reply.header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
};
