import { closeSync, fsync, fsyncSync, ftruncateSync, openSync, renameSync, writeSync } from 'node:fs';
import { promisify } from 'node:util';

/** A file, for its owner only, that grows line by line and is now and then replaced whole. Each call throws when the disk refuses. */
export type JournalFile = {
  readonly append: (line: string) => void;
  /** Another file takes the place of this one as soon as it is whole and on the disk. */
  readonly replace: (text: string) => void;
  readonly empty: () => void;
  readonly sync: () => Promise<void>;
  /** Since the last `replace` or `empty`. */
  readonly writtenBytes: () => number;
  readonly close: () => void;
};

const syncFile = promisify(fsync);

/** Opens nothing yet: the first call does. */
export const journalFile = (file: string): JournalFile => {
  let handle: number | undefined;
  let writtenBytes = 0;
  const opened = (): number => {
    handle ??= openSync(file, 'a', 0o600);
    return handle;
  };
  const close = (): void => {
    if (handle !== undefined) closeSync(handle);
    handle = undefined;
  };
  return {
    append: (line) => {
      writeWhole(opened(), line);
      writtenBytes += line.length;
    },
    replace: (text) => {
      writeNew(`${file}.new`, text);
      renameSync(`${file}.new`, file);
      close();
      writtenBytes = 0;
    },
    empty: () => {
      ftruncateSync(opened());
      writtenBytes = 0;
    },
    // Opening may throw; who waits for this is told by a rejection only.
    sync: async () => syncFile(opened()),
    writtenBytes: () => writtenBytes,
    close,
  };
};

const writeNew = (file: string, text: string): void => {
  const handle = openSync(file, 'w', 0o600);
  try {
    writeWhole(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
};

const writeWhole = (handle: number, text: string): void => {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length;) at += writeSync(handle, bytes, at);
};
