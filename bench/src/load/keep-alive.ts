import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { answerReader } from './answer-reader.ts';
import { latencies } from './latencies.ts';
import type { Load, LoadOrder } from './order.ts';

/** After the end, how long the answers that are still on their way may take. */
const patienceMs = 10_000;

/**
 * A load generator that does almost nothing: requests are built once, one is written at a time per connection, and of an
 * answer only the head's end, the status and the length are looked at. It must never be the slowest part.
 */
export const keepAlive: Load = async (order) => {
  const { hostname, port, host } = new URL(order.origin);
  const requests = order.paths.map((path) => requestText(path, host, order.headers));
  const sockets = await Promise.all(Array.from({ length: order.connections }, () => connected(hostname, Number(port))));
  const recorded = latencies();
  let next = 0;
  const takeNext = () => {
    next = (next + 1) % requests.length;
    return next;
  };
  const startedAt = performance.now();
  const endsAt = startedAt + order.seconds * 1_000;
  const exchanges = sockets.map((socket) =>
    exchange({ socket, order, requests, takeNext, endsAt, record: recorded.add }),
  );
  try {
    await within(Promise.all(exchanges), order.seconds * 1_000 + patienceMs);
  } finally {
    for (const socket of sockets) socket.destroy();
  }
  return { ...recorded.summary(), seconds: (performance.now() - startedAt) / 1_000 };
};

type Exchange = {
  readonly socket: Socket;
  readonly order: LoadOrder;
  readonly requests: readonly string[];
  readonly takeNext: () => number;
  readonly endsAt: number;
  readonly record: (ms: number) => void;
};

const exchange = ({ socket, order, requests, takeNext, endsAt, record }: Exchange): Promise<void> =>
  new Promise((resolve, reject) => {
    const reader = answerReader(order.answerBytes);
    let sentAt = 0;
    let path = '';
    const ask = () => {
      const index = takeNext();
      path = order.paths[index] ?? '';
      sentAt = performance.now();
      socket.write(requests[index] ?? '', 'latin1');
    };
    socket.on('data', (chunk: Buffer) => {
      const outcome = reader(chunk);
      if (outcome.kind === 'more') return;
      if (outcome.kind === 'fault') {
        reject(new Error(`GET ${path}: ${outcome.message}`));
        return;
      }
      const now = performance.now();
      record(now - sentAt);
      if (now < endsAt) ask();
      else resolve();
    });
    socket.once('error', reject);
    socket.once('close', () => reject(new Error(`GET ${path}: the connection was closed`)));
    ask();
  });

const requestText = (path: string, host: string, headers: Readonly<Record<string, string>>): string => {
  const lines = Object.entries({ host, accept: '*/*', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
};

const connected = (host: string, port: number): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });

const within = async <T>(work: Promise<T>, timeoutMs: number): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`an answer did not come within ${patienceMs / 1_000} s`)), timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
};
