import { chmodSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { lockFolder } from '@gatehouse/db/folder-lock';

/** The folder that holds everything an embedded installation keeps. `release` gives the lock back. */
export type DataFolder = {
  readonly path: string;
  readonly socketPath: string;
  readonly decisionLog: string;
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
    return refused(`its path is too long for the control socket: ${socketPathBytesMax} bytes at most`, path);
  }
  try {
    mkdirSync(join(path, 'log'), { recursive: true, mode: 0o700 });
    chmodSync(path, 0o700);
  } catch (cause) {
    return refused(causeText(cause), path);
  }
  const lock = lockFolder(path);
  switch (lock.kind) {
    case 'locked':
      return {
        kind: 'open',
        folder: { path, socketPath, decisionLog: join(path, 'log', 'decisions.jsonl'), release: lock.release },
      };
    case 'taken':
      return {
        kind: 'taken',
        message: `Another gatehouse runs on the data folder ${path}. Stop it first, or set GATEHOUSE_DATA to another folder.`,
      };
    case 'unusable':
      return refused(causeText(lock.cause), path);
  }
};

const refused = (why: string, path: string): FolderOpened => ({
  kind: 'refused',
  message: `The data folder ${path} cannot be used: ${why}. Set GATEHOUSE_DATA to a folder that can be written.`,
});

const known: Readonly<Record<string, string>> = {
  EACCES: 'no permission to write there',
  EPERM: 'no permission to write there',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  ENOTDIR: 'a part of its path is a file',
  EEXIST: 'it is a file',
};

/** The system's error in words a person can act on. */
export const causeText = (cause: unknown): string => {
  const { code, message } = cause as NodeJS.ErrnoException;
  return (code === undefined ? undefined : known[code]) ?? message;
};
