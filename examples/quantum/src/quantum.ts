import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { refusal, send } from './answer.ts';
import type { Answer } from './answer.ts';
import type { App } from './call.ts';
import { eventHub } from './events.ts';
import { jobRunner } from './job-runner.ts';
import { route } from './router.ts';
import { seed } from './seed.ts';
import { store as memory } from './store.ts';
import type { Store } from './store.ts';

export type QuantumOptions = {
  /** Default: in memory, seeded with `qft`, `grover` and `shor`. */
  readonly store?: Store;
  readonly heartbeatMs?: number;
  /** How long a job waits, and how long it then runs. */
  readonly queueMs?: number;
  readonly runMs?: number;
  /** Faults that no caller can mend: a full disk, a bug. */
  readonly onError?: (error: unknown) => void;
};

export type Quantum = {
  readonly server: Server;
  /** Resolves with the port. Rejects when the address cannot be had (`EADDRINUSE`). */
  readonly listen: (port: number, host: string) => Promise<number>;
  /** Ends event streams, lets running requests finish for at most `graceMs`, drops unfinished jobs. */
  readonly close: (graceMs?: number) => Promise<void>;
};

/** A small application that knows nothing about who may do what. */
export const quantum = (options: QuantumOptions = {}): Quantum => {
  const {
    store = memory(seed()),
    heartbeatMs = 15_000,
    queueMs = 300,
    runMs = 1_200,
    onError = console.error,
  } = options;
  const now = () => new Date().toISOString();
  const events = eventHub({ heartbeatMs });
  const runner = jobRunner({ store, events, now, queueMs, runMs, onError });
  for (const job of store.state().jobs.values()) if (job.state !== 'done') runner.run(job);
  const app: App = { store, events, runner, now };
  const server = createServer((request, response) => void serve(app, request, response, onError));
  return {
    server,
    listen: (port, host) => listening(server, port, host),
    close: (graceMs = 1_000) => {
      events.close();
      runner.stop();
      return closed(server, graceMs);
    },
  };
};

const serve = async (
  app: App,
  request: IncomingMessage,
  response: ServerResponse,
  onError: (error: unknown) => void,
): Promise<void> => {
  try {
    send(request, response, await answerTo(app, request));
  } catch (error) {
    if (request.destroyed && !request.complete) return;
    onError(error);
    if (response.headersSent) response.destroy();
    else send(request, response, faultOf(error));
  }
};

const answerTo = (app: App, request: IncomingMessage): Answer | Promise<Answer> => {
  const found = route(request.method ?? '', request.url ?? '');
  if (found.kind === 'refused') return found.answer;
  return found.handler({ ...app, request, param: (name) => found.params[name] ?? '' });
};

const faultOf = (error: unknown): Answer =>
  error instanceof Error && 'code' in error && error.code === 'ENOSPC'
    ? refusal(507, 'disk_full', 'The disk is full; nothing was changed.')
    : refusal(500, 'internal', 'Something broke; the log says what.');

const listening = (server: Server, port: number, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });

const closed = (server: Server, graceMs: number): Promise<void> =>
  new Promise((resolve) => {
    const hurry = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearTimeout(hurry);
      resolve();
    });
  });
