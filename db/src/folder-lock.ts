import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { unusable } from './unusable.ts';
import type { Unusable } from './unusable.ts';

export type FolderLock =
  /** Held until `release`, or until the kernel frees it because the process is gone, however it went. */
  | { readonly kind: 'locked'; readonly release: () => void }
  /** Another process, or this one, holds it. */
  | { readonly kind: 'taken' }
  | Unusable;

const sqliteBusy = 5;

/**
 * Makes the data folder (mode 0700) if it is absent and takes its exclusive lock, at once or not at all. PGlite locks
 * nothing itself, and two processes on one folder destroy each other's rows without a word.
 *
 * The lock is SQLite's on `gatehouse.lock`. Nothing else in this process may open that file: on POSIX systems closing
 * *any* descriptor of it frees the lock.
 */
export const lockFolder = (folder: string): FolderLock => {
  let file: DatabaseSync | undefined;
  try {
    makeFolder(folder);
    const path = join(folder, 'gatehouse.lock');
    // SQLite would make it as well, but does not say why it cannot.
    unlessPresent(() => closeSync(openSync(path, 'wx', 0o600)));
    file = new DatabaseSync(path, { timeout: 0 });
    file.exec('pragma locking_mode = exclusive; begin exclusive');
    const held = file;
    return { kind: 'locked', release: () => held.close() };
  } catch (error) {
    file?.close();
    return isBusy(error) ? { kind: 'taken' } : unusable(error);
  }
};

// Not `recursive: true`: Node then reports a read-only disk as ENOENT, and never returns under /proc.
const makeFolder = (folder: string): void => {
  const make = () => unlessPresent(() => mkdirSync(folder, { mode: 0o700 }));
  try {
    make();
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' || dirname(folder) === folder) throw error;
    makeFolder(dirname(folder));
    make();
  }
};

const unlessPresent = (make: () => void): void => {
  try {
    make();
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
};

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);

const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === sqliteBusy;
