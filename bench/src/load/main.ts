import { byAutocannon } from './autocannon.ts';
import { keepAlive } from './keep-alive.ts';
import type { LoadOrder, LoadResult } from './order.ts';

/** What the process of the load generator is told and what it answers. */
export type LoadMessage = { readonly kind: 'load'; readonly order: LoadOrder } | { readonly kind: 'cpu' };
export type LoadReply =
  | { readonly kind: 'result'; readonly result: LoadResult }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'cpu'; readonly micros: number };

const load = process.argv[2] === 'autocannon' ? byAutocannon : keepAlive;

const answerTo = async (message: LoadMessage): Promise<LoadReply> => {
  switch (message.kind) {
    case 'cpu': {
      const { user, system } = process.cpuUsage();
      return { kind: 'cpu', micros: user + system };
    }
    case 'load':
      return { kind: 'result', result: await load(message.order) };
  }
};

process.once('disconnect', () => process.exit(0));
process.on('message', (message: LoadMessage) => {
  void answerTo(message)
    .catch((error: unknown): LoadReply => ({
      kind: 'failed',
      message: error instanceof Error ? error.message : String(error),
    }))
    .then((reply) => process.send?.(reply));
});
