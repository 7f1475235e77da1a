import type { Event } from '../src/events.ts';

export type EventReader = {
  readonly next: () => Promise<Event>;
  /** The next comment line that contains the word. */
  readonly comment: (word: string) => Promise<string>;
  readonly stop: () => Promise<void>;
};

/** Follows an event stream from the moment that its first bytes are there. */
export const readEvents = async (url: string): Promise<EventReader> => {
  const stop = new AbortController();
  const response = await fetch(url, { signal: stop.signal });
  if (!response.body) throw new Error('no stream');
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  const nextLine = async (matches: (line: string) => boolean): Promise<string> => {
    for (;;) {
      const end = rest.indexOf('\n');
      if (end >= 0) {
        const line = rest.slice(0, end);
        rest = rest.slice(end + 1);
        if (matches(line)) return line;
        continue;
      }
      const { done, value } = await reader.read();
      if (done) throw new Error('the stream ended');
      rest += value;
    }
  };
  await nextLine((line) => line === ': connected');
  return {
    next: async () => JSON.parse((await nextLine((line) => line.startsWith('data: '))).slice(6)) as Event,
    comment: (word) => nextLine((line) => line.startsWith(':') && line.includes(word)),
    stop: async () => {
      stop.abort();
      await reader.cancel().catch(() => {});
    },
  };
};
