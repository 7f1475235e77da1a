import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { openDatabase } from '../src/client.ts';
import type { Database } from '../src/client.ts';

export type TestDatabase = {
  readonly database: Database;
  readonly folder: string;
  /** Closes the database and removes its folder. */
  readonly remove: () => Promise<void>;
};

/** A folder holding a migrated, empty database that is not open. */
export const testFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-test-'));
  await cp(inject('databaseTemplate'), folder, { recursive: true });
  return folder;
};

/** A real database of the test's own, in half a second. */
export const testDatabase = async (): Promise<TestDatabase> => {
  const folder = await testFolder();
  const opened = await openDatabase({ folder });
  if (opened.kind === 'unusable') throw opened.cause;
  const { database } = opened;
  const remove = async () => {
    await database.close();
    await rm(folder, { recursive: true, force: true });
  };
  return { database, folder, remove };
};
