import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/**
 * `pg.incomplete` stands beside the database from before its first byte until it is complete and migrated. A start that
 * finds it knows that nobody was ever told of a row in there, and begins again. (Making the folder aside and renaming
 * it would need a second opening: PGlite holds on to the path.)
 */
export type Creation = {
  readonly path: string;
  /** The database has to be made. */
  readonly isNew: boolean;
  /** From here on the database counts. Called before anybody is told that it is open. */
  readonly complete: () => void;
  /** Leaves nothing of a database that could not be finished. */
  readonly abandon: () => void;
};

/** The caller holds the folder's lock. Throws the file system's errors. */
export const creation = (folder: string): Creation => {
  const path = join(folder, 'pg');
  const marker = join(folder, 'pg.incomplete');
  const abandon = () => {
    rmSync(path, { recursive: true, force: true });
    rmSync(marker, { force: true });
  };
  if (existsSync(marker)) rmSync(path, { recursive: true, force: true });
  const isNew = !existsSync(join(path, 'PG_VERSION'));
  if (!isNew) return { path, isNew, complete: () => undefined, abandon: () => undefined };

  if (existsSync(path) && readdirSync(path).length > 0)
    throw new Error(`${path} is not empty, and not a database: PG_VERSION is missing`);
  closeSync(openSync(marker, 'w', 0o600));
  sync(folder);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const complete = () => {
    rmSync(marker);
    // If the power failed now, a marker that came back would cost the database.
    sync(folder);
  };
  return { path, isNew, complete, abandon };
};

const sync = (folder: string) => {
  // Windows has no descriptor of a folder to sync.
  if (process.platform === 'win32') return;
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
};
