import { closeSync, existsSync, fstatSync, openSync, readSync, renameSync, write, writeSync } from 'node:fs';
import { backlog } from './backlog.ts';

/** How the file stands: `failing` from the first error until a write succeeds again. */
export type LineFileHealth =
  | { readonly kind: 'writing'; readonly dropped: number }
  | { readonly kind: 'failing'; readonly cause: Error; readonly dropped: number };

/**
 * Appends lines in batches: callers pay for pushing onto an array, one write every `flushMs` does the rest. A line is
 * written whole: after a short write (full disk) its rest goes first when there is space again.
 */
export type LineFile = {
  readonly add: (line: string) => void;
  readonly health: () => LineFileHealth;
  /** Writes what is waiting and closes. Resolves also when the disk refuses. */
  readonly close: () => Promise<void>;
};

type Limits = {
  readonly flushMs: number;
  /** Of lines that wait; beyond it the newest are dropped and counted. */
  readonly waitingBytesMax: number;
  /** A longer file is renamed to `<file>.1`, replacing an older one. */
  readonly fileBytesMax: number;
};

const defaults: Limits = { flushMs: 50, waitingBytesMax: 4 << 20, fileBytesMax: 64 << 20 };

/** Throws when the file cannot be opened. */
export const lineFile = (file: string, given: Partial<Limits> = {}): LineFile => {
  const limits = { ...defaults, ...given };
  const lines = backlog(limits.waitingBytesMax);
  const output = rotating(file, limits.fileBytesMax);
  let failure: Error | undefined;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;

  const flush = async (): Promise<void> => {
    try {
      const { written, overlong } = await output.append(lines.bytes(), lines.isWhole());
      lines.written(written);
      failure = overlong;
    } catch (error) {
      failure = error as Error;
    }
    running = undefined;
    schedule();
  };

  const schedule = (): void => {
    if (lines.isEmpty() || running !== undefined) return;
    timer ??= setTimeout(() => {
      timer = undefined;
      running = flush();
    }, limits.flushMs);
  };

  return {
    add: (line) => {
      lines.add(line);
      schedule();
    },
    health: () => {
      const dropped = lines.dropped();
      return failure === undefined ? { kind: 'writing', dropped } : { kind: 'failing', cause: failure, dropped };
    },
    close: async () => {
      await running;
      clearTimeout(timer);
      await flush();
      clearTimeout(timer);
      output.close();
    },
  };
};

type Appended = {
  /** Bytes; fewer than given when the disk is almost full. */
  readonly written: number;
  /** Why the file is longer than it should be. */
  readonly overlong: Error | undefined;
};

/** A file that gives way to a new one when it is long enough, but never in the middle of a line. */
const rotating = (file: string, fileBytesMax: number) => {
  let handle = openWhole(file);
  let fileBytes = fstatSync(handle).size;

  /** The old file is kept open until the new one is: a disk that refuses now must not end the log for good. */
  const rotate = (): Error | undefined => {
    try {
      if (existsSync(file)) renameSync(file, `${file}.1`);
      const old = handle;
      handle = openWhole(file);
      fileBytes = 0;
      closeSync(old);
      return undefined;
    } catch (error) {
      return error as Error;
    }
  };

  return {
    append: async (bytes: Buffer, isWhole: boolean): Promise<Appended> => {
      const isDue = isWhole && bytes.length > 0 && fileBytes >= fileBytesMax;
      const overlong = isDue ? rotate() : undefined;
      const written = await appended(handle, bytes);
      fileBytes += written;
      return { written, overlong };
    },
    close: () => closeSync(handle),
  };
};

const appended = (handle: number, bytes: Buffer): Promise<number> =>
  new Promise((resolve, reject) => {
    write(handle, bytes, 0, bytes.length, null, (error, written) => {
      if (error === null) resolve(written);
      else reject(error);
    });
  });

/** A process that was killed in the middle of a write leaves a torn line; a newline in front keeps the next one whole. */
const openWhole = (file: string): number => {
  const handle = openSync(file, 'a+', 0o600);
  const { size } = fstatSync(handle);
  const last = Buffer.alloc(1);
  if (size > 0 && readSync(handle, last, 0, 1, size - 1) === 1 && last[0] !== 0x0a) writeSync(handle, '\n');
  return handle;
};
