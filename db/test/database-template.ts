import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, glob, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { openDatabase } from '../src/client.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A data folder with a migrated, empty database, to be copied. */
    readonly databaseTemplate: string;
  }
}

const source = fileURLToPath(new URL('../src', import.meta.url));
const cache = fileURLToPath(new URL('../../node_modules/.cache/gatehouse', import.meta.url));

/** Global set-up of the tests: making a database takes seconds, copying one does not. Kept for as long as nothing that makes it changes. */
export const setup = async (project: TestProject): Promise<void> => {
  const template = join(cache, `database-${await fingerprint()}`);
  if (!existsSync(template)) await make(template);
  project.provide('databaseTemplate', template);
};

const fingerprint = async (): Promise<string> => {
  const hash = createHash('sha256');
  // Names the exact release of PGlite.
  hash.update(await readFile(join(source, '../package.json')));
  for (const file of (await Array.fromAsync(glob('{pglite/*.ts,migrations/**}', { cwd: source }))).toSorted())
    if (/\.(ts|sql|json)$/.test(file)) hash.update(await readFile(join(source, file)));
  return hash.digest('hex').slice(0, 16);
};

const make = async (template: string): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-template-'));
  try {
    const opened = await openDatabase({ folder });
    if (opened.kind === 'unusable') throw opened.cause;
    await opened.database.close();
    await publish(folder, template);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** In one step: another run may be reading or making the same one. */
const publish = async (folder: string, template: string): Promise<void> => {
  await mkdir(cache, { recursive: true });
  const aside = await mkdtemp(join(cache, 'making-'));
  await cp(folder, aside, { recursive: true });
  try {
    await rename(aside, template);
  } catch (error) {
    await rm(aside, { recursive: true, force: true });
    if (!existsSync(template)) throw error;
  }
};
