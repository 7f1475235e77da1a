import { chmodSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { lockFolder } from '@gatehouse/db/folder-lock';
import { unusable } from '@gatehouse/db/unusable';
import { StartRefused } from './start-refused.ts';
import type { Unusable, UnusableReason } from '@gatehouse/db/unusable';

/** The folder that holds everything an embedded installation keeps. `release` gives the lock back. */
export type DataFolder = {
  readonly path: string;
  readonly socketPath: string;
  readonly decisionLog: string;
  /** What applications did and the database could not take yet. */
  readonly pendingEffects: string;
  readonly release: () => void;
};

export type FolderOpened =
  | { readonly kind: 'open'; readonly folder: DataFolder }
  /** Another process holds it. */
  | { readonly kind: 'taken'; readonly message: string }
  | { readonly kind: 'refused'; readonly message: string };

/** Linux allows 108 bytes for the path of a socket, macOS 104, the closing NUL included. */
const socketPathBytesMax = 103;

/** Makes the folder if need be, readable by its owner only, and takes its lock. */
export const openDataFolder = (folder: string): FolderOpened => {
  const path = resolve(folder);
  const socketPath = join(path, 'control.sock');
  if (Buffer.byteLength(socketPath) > socketPathBytesMax) {
    const message = `The path of the data folder is too long for a socket in it: ${path}. Set GATEHOUSE_DATA to a shorter one.`;
    return { kind: 'refused', message };
  }
  const lock = lockFolder(path);
  switch (lock.kind) {
    case 'taken':
      return { kind: 'taken', message: takenText(path) };
    case 'unusable':
      return { kind: 'refused', message: unusableText(path, lock) };
    case 'locked':
      return furnished({
        path,
        socketPath,
        decisionLog: join(path, 'log', 'decisions.jsonl'),
        pendingEffects: join(path, 'pending-effects.jsonl'),
        release: lock.release,
      });
  }
};

const furnished = (folder: DataFolder): FolderOpened => {
  try {
    chmodSync(folder.path, 0o700);
    mkdirSync(join(folder.path, 'log'), { recursive: true, mode: 0o700 });
    return { kind: 'open', folder };
  } catch (error) {
    folder.release();
    return { kind: 'refused', message: unusableText(folder.path, unusable(error)) };
  }
};

const takenText = (path: string): string =>
  `Another gatehouse runs on the data folder ${path}. Stop it first, or set GATEHOUSE_DATA to another folder.`;

const remedies: Readonly<Record<UnusableReason, string>> = {
  'disk-full': 'the disk is full. Free some space (80 MB for a new database), or set GATEHOUSE_DATA to another folder.',
  'not-writable': 'it cannot be written. Set GATEHOUSE_DATA to a folder that can.',
  'not-a-folder': 'a part of its path is no folder. Set GATEHOUSE_DATA to a folder.',
  'newer-version': 'a newer version of gatehouse has used it. Start that version, or restore a backup.',
  failed: 'it is damaged or cannot be read. Restore a backup, or set GATEHOUSE_DATA to another folder.',
};

/** Runs what reads or writes the folder; what the file system refuses becomes a {@link StartRefused}. */
export const inFolder = <Value>({ path }: Pick<DataFolder, 'path'>, work: () => Value): Value => {
  try {
    return work();
  } catch (error) {
    throw error instanceof StartRefused ? error : new StartRefused(unusableText(path, unusable(error)));
  }
};

/** Why an installation cannot use its folder or the database in it, and what to do. */
export const unusableText = (path: string, { reason, cause }: Unusable): string =>
  `The data folder ${path} cannot be used: ${remedies[reason]} (${cause.message})`;
