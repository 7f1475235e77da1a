import { once } from 'node:events';
import { openSync, createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { StartRefused } from '../../start-refused.ts';

/** A file with one JSON line for each row. */
export type ImportReport = { readonly add: (line: object) => Promise<void>; readonly close: () => Promise<void> };

/** Throws a {@link StartRefused} when the file cannot be written. */
export const importReport = (file: string | undefined): ImportReport => {
  if (file === undefined) return { add: () => Promise.resolve(), close: () => Promise.resolve() };
  const stream = createWriteStream(file, { fd: opened(file) });
  let failure: Error | undefined;
  stream.on('error', (error) => {
    failure = error;
  });
  const refuseFailure = (): void => {
    if (failure !== undefined) throw new StartRefused(`The report ${file} cannot be written: ${failure.message}`);
  };
  return {
    add: async (line) => {
      refuseFailure();
      if (stream.write(`${JSON.stringify(line)}\n`)) return;
      const settled = new AbortController();
      const either = ['drain', 'close'].map((event) => once(stream, event, { signal: settled.signal }));
      await Promise.race(either).finally(() => settled.abort());
    },
    close: async () => {
      stream.end();
      await finished(stream).catch(() => undefined);
      refuseFailure();
    },
  };
};

const opened = (file: string): number => {
  try {
    return openSync(file, 'w', 0o600);
  } catch (error) {
    throw new StartRefused(`The report ${file} cannot be written: ${(error as Error).message}`);
  }
};
