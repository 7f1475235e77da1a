import { exit } from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { parentPort, workerData } from 'node:worker_threads';
import type { Extension, PGlite, Results } from '@electric-sql/pglite';
import type { Message, Request, Result, SqlFailure } from './protocol.ts';

/*
 * The thread that owns PostgreSQL: a long query stalls this event loop and no other. It is started by its path, imports
 * nothing but PGlite, and speaks `protocol.ts` with `link.ts`.
 */

// V8's optimising compiler takes 400 MB and a second core's worth of time to translate PostgreSQL, and gains nothing in
// our short queries. `liftoff-only` implies the other two at process start only, so all three are set.
const plainCompiler = ['--liftoff-only', '--no-wasm-tier-up', '--no-wasm-dynamic-tiering'];
// The flags count for the whole process. Once PostgreSQL is translated they go back, or the proxy's HTTP parser, which
// is WebAssembly too, would stay slow: a tenth of its throughput.
const usualCompiler = ['--no-liftoff-only', '--wasm-tier-up', '--wasm-dynamic-tiering'];

// drizzle hands parser functions along with each query, and functions cannot cross threads. What it wants is the text.
// Given with each query here as well: what is given to `create` is overwritten for arrays while PGlite starts.
const textTypes = { timestamp: 1114, timestamptz: 1184, date: 1082, interval: 1186 };
const textArrayTypes = [1231, 1115, 1185, 1187, 1182];
const parsers = Object.fromEntries(
  [...Object.values(textTypes), ...textArrayTypes].map((type) => [type, (text: string) => text]),
);

const setCompiler = (flags: readonly string[]) => flags.forEach((flag) => setFlagsFromString(flag));

const logLinesMax = 20;
const openingId = 0;

const open = async (path: string, log: string[], onAbort: () => void): Promise<PGlite> => {
  const { PGlite } = await import('@electric-sql/pglite');
  const watch: Extension = {
    name: 'watch',
    setup: (_pg, emscriptenOpts: object) => Promise.resolve({ emscriptenOpts: { ...emscriptenOpts, onAbort } }),
  };
  return PGlite.create(path, {
    extensions: { watch },
    // Segments of 1 MB, not 16: PostgreSQL panics when the disk has no room for a whole one.
    initDbStartParams: ['--wal-segsize=1'],
    onStderr: (line) => {
      log.push(line);
      if (log.length > logLinesMax) log.shift();
      return false;
    },
  });
};

const run = async (pg: PGlite, request: Request): Promise<readonly Result[]> => {
  switch (request.op) {
    case 'query':
      return [resultOf(await pg.query(request.sql, [...request.params], { rowMode: request.rowMode, parsers }))];
    case 'exec':
      return (await pg.exec(request.sql)).map(resultOf);
    case 'close':
      await pg.close();
      return [];
  }
};

const resultOf = ({ rows, fields, affectedRows, command }: Results<unknown>): Result => ({
  rows,
  fields,
  ...(affectedRows === undefined ? {} : { affectedRows }),
  ...(command === undefined ? {} : { command }),
});

const failureOf = (error: unknown): SqlFailure => {
  if (typeof error !== 'object' || error === null) return { message: String(error) };
  const fields: Record<string, unknown> = { ...error };
  const text = (name: string) => (typeof fields[name] === 'string' ? { [name]: fields[name] } : {});
  return {
    message: 'message' in error ? String(error.message) : 'the file system refused',
    ...text('code'),
    ...text('severity'),
    ...text('detail'),
    ...text('hint'),
    ...text('table'),
    ...text('column'),
    ...text('constraint'),
    ...(typeof fields['errno'] === 'number' ? { errno: fields['errno'] } : {}),
  };
};

const serve = async (path: string): Promise<void> => {
  const port = parentPort;
  if (port === null) throw new Error('worker.ts has to be started as a worker thread');
  const post = (message: Message) => port.postMessage(message);
  const log: string[] = [];
  // Called from within PostgreSQL, which is not to be asked anything again: it would not come back.
  const onAbort = () => {
    post({ kind: 'aborted', log });
    exit(1);
  };
  const pg = await open(path, log, onAbort).catch((error: unknown) => {
    post({ kind: 'failed', id: openingId, failure: failureOf(error) });
    return undefined;
  });
  setCompiler(usualCompiler);
  if (pg === undefined) return port.close();
  port.on('message', (request: Request) => {
    run(pg, request).then(
      (results) => {
        post({ kind: 'results', id: request.id, results });
        if (request.op === 'close') port.close();
      },
      (error: unknown) => post({ kind: 'failed', id: request.id, failure: failureOf(error) }),
    );
  });
  post({ kind: 'results', id: openingId, results: [] });
};

setCompiler(plainCompiler);
await serve(workerData as string);
