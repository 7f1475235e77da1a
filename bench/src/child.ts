import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { processorMicros } from './processor-micros.ts';

/** A script of ours in a process of its own, joined by an IPC channel: it ends when this process does. */
export type Child = {
  readonly process: ChildProcess;
  /** Sends one message and waits for the next one back. Rejects when the child ends instead. */
  readonly ask: <T>(message: object) => Promise<T>;
  /** User and system time so far, in microseconds. */
  readonly cpuMicros: () => Promise<number>;
  readonly stop: () => Promise<void>;
};

export type Server = Child & { readonly origin: string };

export const child = (url: URL, args: readonly string[] = []): Child => {
  const script = fileURLToPath(url);
  const started = fork(script, args, { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const ask = async <T>(message: object): Promise<T> => {
    if (!started.connected) throw new Error(`${script} has ended`);
    const answer = nextMessage(started, script);
    // An error of sending is the end of the child, which `answer` reports.
    started.send(message, () => {});
    return (await answer) as T;
  };
  return {
    process: started,
    ask,
    cpuMicros: async () => {
      const seen = started.pid === undefined ? null : await processorMicros(started.pid);
      return seen ?? (await ask<{ micros: number }>({ kind: 'cpu' })).micros;
    },
    stop: () => stopped(started),
  };
};

/** One of `servers/`. Resolves when it listens. */
export const server = async (script: URL, args: readonly string[] = []): Promise<Server> => {
  const started = child(script, args);
  const { port } = (await nextMessage(started.process, fileURLToPath(script))) as { port: number };
  return { ...started, origin: `http://127.0.0.1:${port}` };
};

const nextMessage = async (started: ChildProcess, script: string): Promise<unknown> => {
  const over = new AbortController();
  const { signal } = over;
  try {
    return await Promise.race([
      once(started, 'message', { signal }).then(([message]) => message as unknown),
      once(started, 'exit', { signal }).then(([code]) => Promise.reject(new Error(`${script} ended with ${code}`))),
    ]);
  } finally {
    over.abort();
  }
};

const stopped = async (started: ChildProcess): Promise<void> => {
  if (started.exitCode !== null || started.signalCode !== null) return;
  const ended = once(started, 'exit');
  started.kill('SIGKILL');
  await ended;
};
