import { Worker } from 'node:worker_threads';
import { DatabaseDied, SqlError } from './protocol.ts';
import type { Call, Message, Result } from './protocol.ts';

export type LinkEnd = { readonly kind: 'closed' } | { readonly kind: 'died'; readonly cause: Error };

export type Link = {
  /** Rejects with `SqlError` when PostgreSQL or the file system refused to open. */
  readonly opened: Promise<void>;
  /** Answers come in the order of the calls. Rejects with `SqlError`, or with `DatabaseDied` for good. */
  readonly call: (call: Call) => Promise<readonly Result[]>;
  /** Resolves once, never rejects. */
  readonly ended: Promise<LinkEnd>;
  /** Ends the thread in the middle of whatever it does. */
  readonly stop: () => Promise<void>;
};

// Far above anything a statement of ours takes: this is for a thread that spins or a disk that does not answer.
const silenceMaxMs = 60_000;

/** Starts the worker thread on the database in this folder, or on a new one if there is none. Whatever becomes of it, no call stays unanswered. */
export const link = (path: string, options: { readonly silenceMaxMs?: number } = {}): Link => {
  // The process's own flags (`--import …`) are not for this thread.
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: path, execArgv: [] });
  const ending = Promise.withResolvers<LinkEnd>();
  let end: LinkEnd | undefined;

  const finish = async (outcome: LinkEnd): Promise<void> => {
    if (end !== undefined) return;
    end = outcome;
    calls.rejectAll(errorOf(outcome));
    await worker.terminate();
    ending.resolve(outcome);
  };
  const died = (message: string, cause?: unknown) =>
    void finish({ kind: 'died', cause: new DatabaseDied(message, cause === undefined ? {} : { cause }) });
  const calls = pendingCalls(options.silenceMaxMs ?? silenceMaxMs, () => died('the database does not answer any more'));

  const opened = calls.add(0).then(() => undefined);
  opened.catch(() => undefined);
  worker.on('message', (message: Message) => {
    if (message.kind === 'aborted') died(`PostgreSQL gave up: ${panicOf(message.log)}`);
    else calls.settle(message);
  });
  worker.on('messageerror', (error) => died('an answer of the database could not be read', error));
  worker.on('error', (error) => died('the thread of the database failed', error));
  worker.on('exit', (code) => died(`the thread of the database ended (${code})`));

  const call = async (request: Call): Promise<readonly Result[]> => {
    if (end !== undefined) throw errorOf(end);
    const id = calls.nextId();
    const answer = calls.add(id);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin, a window would
    worker.postMessage({ ...request, id });
    if (request.op !== 'close') return answer;
    const results = await answer;
    await finish({ kind: 'closed' });
    return results;
  };
  const stop = async () => {
    await finish({ kind: 'closed' });
    await ending.promise;
  };
  return { opened, call, ended: ending.promise, stop };
};

/** For people: the log's own words for why. */
const panicOf = (log: readonly string[]): string => log.findLast((line) => line.includes('PANIC')) ?? 'no reason given';

type Answer = ReturnType<typeof Promise.withResolvers<readonly Result[]>>;

/** The calls under way, by id. `onSilence` is called when there are some and none is answered for too long. */
const pendingCalls = (silenceMs: number, onSilence: () => void) => {
  const answers = new Map<number, Answer>();
  let timer: NodeJS.Timeout | undefined;
  let lastId = 0;
  const take = (id: number): Answer | undefined => {
    const answer = answers.get(id);
    answers.delete(id);
    clearTimeout(timer);
    timer = answers.size === 0 ? undefined : setTimeout(onSilence, silenceMs).unref();
    return answer;
  };
  return {
    nextId: () => (lastId += 1),
    add: (id: number): Promise<readonly Result[]> => {
      const answer = Promise.withResolvers<readonly Result[]>();
      answers.set(id, answer);
      timer ??= setTimeout(onSilence, silenceMs).unref();
      return answer.promise;
    },
    settle: (message: Exclude<Message, { kind: 'aborted' }>) => {
      switch (message.kind) {
        case 'results':
          return take(message.id)?.resolve(message.results);
        case 'failed':
          return take(message.id)?.reject(new SqlError(message.failure));
      }
    },
    rejectAll: (error: Error) => {
      for (const id of answers.keys()) take(id)?.reject(error);
    },
  };
};

const errorOf = (end: LinkEnd): Error => (end.kind === 'died' ? end.cause : new DatabaseDied('the database is closed'));
