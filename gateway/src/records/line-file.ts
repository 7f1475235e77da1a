import { closeSync, fstatSync, openSync, readSync, renameSync, write, writeSync } from 'node:fs';

/** How the file stands: `failing` from the first error until a write succeeds again. */
export type LineFileHealth =
  | { readonly kind: 'writing'; readonly dropped: number }
  | { readonly kind: 'failing'; readonly cause: Error; readonly dropped: number };

/**
 * Appends lines in batches: callers pay for pushing onto an array, one write every `flushMs` does the rest.
 * What is waiting is bounded by `waitingBytesMax`; beyond it the newest lines are dropped and counted. A line is
 * written whole or not at all: after a short write (full disk) the rest goes first when there is space again.
 */
export type LineFile = {
  readonly add: (line: string) => void;
  readonly health: () => LineFileHealth;
  /** Writes what is waiting and closes. Resolves also when the disk refuses. */
  readonly close: () => Promise<void>;
};

type Limits = { flushMs: number; waitingBytesMax: number; fileBytesMax: number };

const defaults: Limits = { flushMs: 50, waitingBytesMax: 4 << 20, fileBytesMax: 64 << 20 };

/** Throws when the file cannot be opened. At `fileBytesMax` it is renamed to `<file>.1`, replacing an older one. */
export const lineFile = (file: string, limits: Partial<Limits> = {}): LineFile => {
  const { flushMs, waitingBytesMax, fileBytesMax } = { ...defaults, ...limits };
  let handle = openWhole(file);
  let fileBytes = fstatSync(handle).size;
  let lines: string[] = [];
  let waitingBytes = 0;
  let batch = Buffer.alloc(0);
  let dropped = 0;
  let failure: Error | undefined;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;

  const append = (bytes: Buffer): Promise<number> =>
    new Promise((resolve) => {
      write(handle, bytes, 0, bytes.length, null, (error, written) => {
        failure = error ?? undefined;
        resolve(error === null ? written : 0);
      });
    });

  const rotate = (): void => {
    if (fileBytes < fileBytesMax || batch.length > 0) return;
    closeSync(handle);
    renameSync(file, `${file}.1`);
    handle = openWhole(file);
    fileBytes = 0;
  };

  const flush = async (): Promise<void> => {
    rotate();
    if (lines.length > 0) {
      batch = Buffer.concat([batch, Buffer.from(lines.join(''))]);
      lines = [];
    }
    const written = await append(batch);
    batch = batch.subarray(written);
    waitingBytes -= written;
    fileBytes += written;
  };

  const schedule = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      running = flush()
        .catch((error: Error) => void (failure = error))
        .finally(() => {
          running = undefined;
          if (batch.length > 0 || lines.length > 0) schedule();
        });
    }, flushMs);
  };

  return {
    add: (line) => {
      const bytes = Buffer.byteLength(line) + 1;
      if (waitingBytes + bytes > waitingBytesMax) {
        dropped += 1;
        return;
      }
      lines.push(`${line}\n`);
      waitingBytes += bytes;
      if (running === undefined) schedule();
    },
    health: () => (failure === undefined ? { kind: 'writing', dropped } : { kind: 'failing', cause: failure, dropped }),
    close: async () => {
      clearTimeout(timer);
      await running;
      clearTimeout(timer);
      await flush().catch(() => undefined);
      closeSync(handle);
    },
  };
};

/** A process that was killed in the middle of a write leaves a torn line; a newline in front keeps the next one whole. */
const openWhole = (file: string): number => {
  const handle = openSync(file, 'a+', 0o600);
  const { size } = fstatSync(handle);
  const last = Buffer.alloc(1);
  if (size > 0 && readSync(handle, last, 0, 1, size - 1) === 1 && last[0] !== 0x0a) writeSync(handle, '\n');
  return handle;
};
