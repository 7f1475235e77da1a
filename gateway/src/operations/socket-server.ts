import { Readable } from 'node:stream';
import Fastify from 'fastify';
import type { FastifyError, FastifyInstance } from 'fastify';
import { z } from 'zod';
import { importRowsMax } from '../content/import/import-shapes.ts';
import { recordedRequest } from '../replay/replay-record.ts';
import type { Operations, ReplayTold } from './operations.ts';

const word = z.string().min(1).max(512);

const checkAsked = z.strictObject({ subject: word, relation: word, object: word });

const explainAsked = z.strictObject({
  method: word,
  url: z.string().min(1).max(16_384),
  as: word.optional(),
  account: word.optional(),
});

const decisionsAsked = z.strictObject({ limit: z.int().min(1).max(10_000), refused: z.boolean() });

const effectNamed = z.strictObject({ id: word });

const importAsked = z.strictObject({
  dryRun: z.boolean(),
  rows: z
    .array(
      z.strictObject({
        line: z.int().min(1),
        app: word,
        kind: word,
        id: word,
        account: word,
        title: word.optional(),
        private: z.boolean().optional(),
        workspace: word.optional(),
        created_by: word.optional(),
      }),
    )
    .max(importRowsMax),
});
/** The largest that a reader of files can make of so many rows. */
const importBytesMax = 4 << 20;

/** Bytes travel as base64; 10,000 records are 5 MB. */
const replayBytesMax = 64 << 20;

const replayAsked = z.strictObject({
  candidate: z.strictObject({
    kind: z.enum(['file', 'folder']),
    sources: z.array(z.strictObject({ file: z.string().min(1).max(4_096), bytes: z.base64() })).max(500),
  }),
  limit: z.int().min(1).max(10_000),
  records: z.array(recordedRequest).max(10_000).optional(),
});

/** One JSON object a line. What fails on the way is told as the last one: the head of the answer is gone by then. */
async function* lines(told: AsyncIterable<ReplayTold>): AsyncGenerator<string> {
  try {
    for await (const one of told) yield `${JSON.stringify(one)}\n`;
  } catch (error) {
    yield `${JSON.stringify({ kind: 'refused', message: String(error) })}\n`;
  }
}

/** The server behind `control.sock`. Whoever can open the socket owns the data folder, so it asks for no credential. */
export const socketServer = (operations: Operations): FastifyInstance => {
  const app = Fastify({ bodyLimit: 64 << 10 });
  app.post('/check', async ({ body }) => operations.check(checkAsked.parse(body)));
  app.post('/explain', async ({ body }) => operations.explain(explainAsked.parse(body)));
  app.post('/decisions', async ({ body }) => operations.decisions(decisionsAsked.parse(body)));
  app.post('/routes/reload', async () => operations.reloadRoutes());
  app.post('/effects', async () => operations.effects());
  app.post('/effects/retry', async ({ body }) => operations.retryEffect(effectNamed.parse(body)));
  app.post('/effects/discard', async ({ body }) => operations.discardEffect(effectNamed.parse(body)));
  app.post('/content/import', { bodyLimit: importBytesMax }, async ({ body }) =>
    operations.importContent(importAsked.parse(body)),
  );
  app.post('/replay', { bodyLimit: replayBytesMax }, async ({ body }, reply) => {
    const { candidate, records, limit } = replayAsked.parse(body);
    const sources = candidate.sources.map(({ file, bytes }) => ({ file, bytes: Buffer.from(bytes, 'base64') }));
    const asked = { limit, candidate: { ...candidate, sources }, ...(records === undefined ? {} : { records }) };
    void reply.type('application/x-ndjson');
    return Readable.from(lines(operations.replay(asked)));
  });
  app.setErrorHandler<FastifyError>(async (error, _request, reply) => {
    const isWrong = error instanceof z.ZodError;
    void reply.code(isWrong ? 400 : (error.statusCode ?? 500));
    return { kind: 'refused', message: isWrong ? z.prettifyError(error) : error.message };
  });
  return app;
};
