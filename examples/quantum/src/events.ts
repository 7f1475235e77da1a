import type { ServerResponse } from 'node:http';

export type Event = {
  readonly type:
    | 'algorithm.created'
    | 'algorithm.updated'
    | 'algorithm.deleted'
    | 'job.queued'
    | 'job.running'
    | 'job.done';
  readonly at: string;
  /** Id of the algorithm. */
  readonly algorithm: string;
  /** Id of the job, for events of jobs. */
  readonly job?: string;
};

export type EventHub = {
  readonly isOpen: () => boolean;
  /** Turns the response into an event stream that ends when its reader leaves or the hub closes. */
  readonly attach: (response: ServerResponse) => void;
  readonly publish: (event: Event) => void;
  readonly close: () => void;
};

/** Bytes that may wait for a reader before it is cut off: one that never reads must not fill the memory. */
const backlogBytesMax = 1_048_576;

/** Server-Sent Events. A comment line goes out every `heartbeatMs`, so that both ends notice a dead connection. */
export const eventHub = ({
  heartbeatMs,
  streamsMax = 1_000,
}: {
  heartbeatMs: number;
  streamsMax?: number;
}): EventHub => {
  const streams = new Set<ServerResponse>();
  let closed = false;
  const send = (text: string) => {
    for (const stream of streams) {
      if (stream.writableLength > backlogBytesMax) stream.destroy();
      else stream.write(text);
    }
  };
  const heart = setInterval(() => send(': heartbeat\n\n'), heartbeatMs).unref();
  return {
    isOpen: () => !closed && streams.size < streamsMax,
    attach: (response) => {
      response.writeHead(200, {
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      });
      response.write('retry: 2000\n: connected\n\n');
      streams.add(response);
      response.once('close', () => streams.delete(response));
    },
    publish: (event) => send(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`),
    close: () => {
      closed = true;
      clearInterval(heart);
      for (const stream of streams) stream.end();
    },
  };
};
