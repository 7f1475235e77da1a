import type { IncomingMessage } from 'node:http';
import type { Answer } from './answer.ts';
import type { EventHub } from './events.ts';
import type { JobRunner } from './job-runner.ts';
import type { Store } from './store.ts';

/** What every handler may use. */
export type App = {
  readonly store: Store;
  readonly events: EventHub;
  readonly runner: JobRunner;
  readonly now: () => string;
};

export type Call = App & {
  readonly request: IncomingMessage;
  /** Values of `{…}` in the route's path. Handlers only ask for names that stand there. */
  readonly param: (name: string) => string;
};

export type Handler = (call: Call) => Answer | Promise<Answer>;

/** Who the gateway says is calling. The application believes it and decides nothing by it. */
export const caller = (request: IncomingMessage): string | null => {
  const user = request.headers['gatehouse-user'];
  return typeof user === 'string' && user !== '' ? user : null;
};
