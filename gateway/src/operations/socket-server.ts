import Fastify from 'fastify';
import type { FastifyError, FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Operations } from './operations.ts';

const word = z.string().min(1).max(512);

const checkAsked = z.strictObject({ subject: word, relation: word, object: word });

const explainAsked = z.strictObject({
  method: word,
  url: z.string().min(1).max(16_384),
  as: word.optional(),
  account: word.optional(),
});

const decisionsAsked = z.strictObject({ limit: z.int().min(1).max(10_000), refused: z.boolean() });

/** The server behind `control.sock`. Whoever can open the socket owns the data folder, so it asks for no credential. */
export const socketServer = (operations: Operations): FastifyInstance => {
  const app = Fastify({ bodyLimit: 64 << 10 });
  app.post('/check', async ({ body }) => operations.check(checkAsked.parse(body)));
  app.post('/explain', async ({ body }) => operations.explain(explainAsked.parse(body)));
  app.post('/decisions', async ({ body }) => operations.decisions(decisionsAsked.parse(body)));
  app.post('/routes/reload', async () => operations.reloadRoutes());
  app.setErrorHandler<FastifyError>(async (error, _request, reply) => {
    const isWrong = error instanceof z.ZodError;
    void reply.code(isWrong ? 400 : (error.statusCode ?? 500));
    return { kind: 'refused', message: isWrong ? z.prettifyError(error) : error.message };
  });
  return app;
};
