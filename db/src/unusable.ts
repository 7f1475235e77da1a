/** Why a folder or a database cannot be used; the cause has the details for the log. */
export type UnusableReason = 'disk-full' | 'not-writable' | 'not-a-folder' | 'newer-version' | 'failed';

export type Unusable = { readonly kind: 'unusable'; readonly reason: UnusableReason; readonly cause: Error };

/** Sorts an error of the file system, of PGlite or of SQLite by its code; the text is for people only. */
export const unusable = (error: unknown): Unusable => {
  const cause = error instanceof Error ? error : new Error(String(error));
  return { kind: 'unusable', reason: reasonOf(error), cause };
};

const reasons = new Map<unknown, UnusableReason>([
  ['ENOSPC', 'disk-full'],
  ['EDQUOT', 'disk-full'],
  ['EROFS', 'not-writable'],
  ['EACCES', 'not-writable'],
  ['EPERM', 'not-writable'],
  ['ENOTDIR', 'not-a-folder'],
  ['EEXIST', 'not-a-folder'],
  // SQLSTATE
  ['53100', 'disk-full'],
  ['42501', 'not-writable'],
]);

// The numbers of WASI, which is what PGlite's file system speaks (wasi-libc, errno.h).
const wasiReasons = new Map<unknown, UnusableReason>([
  [51, 'disk-full'],
  [19, 'disk-full'],
  [69, 'not-writable'],
  [2, 'not-writable'],
  [63, 'not-writable'],
  [54, 'not-a-folder'],
]);

// https://www.sqlite.org/rescode.html; extended codes carry the primary one in their low byte.
const sqliteReasons = new Map<unknown, UnusableReason>([
  [13, 'disk-full'],
  [8, 'not-writable'],
  [3, 'not-writable'],
  [14, 'not-writable'],
]);

const reasonOf = (error: unknown): UnusableReason => {
  if (typeof error !== 'object' || error === null) return 'failed';
  if ('errcode' in error) return sqliteReasons.get(Number(error.errcode) & 0xff) ?? 'failed';
  const byCode = 'code' in error ? reasons.get(error.code) : undefined;
  const byNumber = 'errno' in error ? wasiReasons.get(error.errno) : undefined;
  return byCode ?? byNumber ?? 'failed';
};
