import { createHash, createSecretKey, hkdfSync, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { StartRefused } from './start-refused.ts';

/** One derived key per purpose and secret, newest first; `id` tells which secret made a stored hash. */
export type DerivedKey = { readonly id: string; readonly key: KeyObject };

/** HKDF-SHA-256 (RFC 5869): keys of different purposes tell nothing about one another. */
export const deriveKeys = (secrets: readonly string[], purpose: string): readonly DerivedKey[] =>
  secrets.map((secret) => ({
    id: createHash('sha256').update(`gatehouse key id:${secret}`).digest('hex').slice(0, 8),
    key: createSecretKey(deriveBytes(secret, purpose)),
  }));

/** 32 bytes that the same secret and purpose always give. */
export const deriveBytes = (secret: string, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, 'gatehouse', purpose, 32));

/**
 * Reads the installation's secret from the data folder; makes it when the installation is new. Complete or absent,
 * never half-written, and never replaced: every stored token is hashed with it.
 */
export const installationSecret = (folder: string, isNew: boolean): string => {
  const file = join(folder, 'secret');
  const secret = readSecret(file);
  if (secret !== undefined) return secret;
  if (isNew) return makeSecret(file);
  throw new StartRefused(
    `${file} is missing, and every stored token is hashed with it. Restore it from a backup, or set GATEHOUSE_SECRET to what it held.`,
  );
};

const readSecret = (file: string): string | undefined => {
  try {
    const text = readFileSync(file, 'utf8').trim();
    if (text.length >= 32) return text;
    throw new StartRefused(`${file} is damaged: it holds fewer than 32 characters. Restore it from a backup.`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
};

const makeSecret = (file: string): string => {
  const secret = randomBytes(32).toString('base64url');
  const draft = `${file}.new`;
  rmSync(draft, { force: true });
  const handle = openSync(draft, 'wx', 0o600);
  try {
    writeSync(handle, `${secret}\n`);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  linkSync(draft, file);
  rmSync(draft);
  return secret;
};
