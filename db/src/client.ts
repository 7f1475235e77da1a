import type { PGlite } from '@electric-sql/pglite';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import { connection } from './pglite/connection.ts';
import { creation } from './pglite/creation.ts';
import { link } from './pglite/link.ts';
import { maintenance } from './pglite/maintenance.ts';
import { rootCause } from './root-cause.ts';
import { unusable } from './unusable.ts';
import type { Unusable } from './unusable.ts';

/**
 * What may be asked of the database. `execute` is missing on purpose: every statement is built from the tables of
 * `schema/`, and what comes back has their types.
 */
export type Queries = Pick<
  PgDatabase<PgQueryResultHKT>,
  'select' | 'selectDistinct' | 'selectDistinctOn' | 'insert' | 'update' | 'delete' | 'with' | '$with' | '$count'
>;

/** `died`: nothing more can be stored or read; the process has to end and start again. */
export type DatabaseEnd = { readonly kind: 'closed' } | { readonly kind: 'died'; readonly cause: Error };

export type Database = {
  /** Fails when used inside `transaction`: on a single connection it would wait for itself for ever. */
  readonly db: Queries;
  /** Commits when `work` resolves, rolls back when it throws. Only `tx` may be used inside; no network call inside. */
  readonly transaction: <T>(work: (tx: Queries) => Promise<T>) => Promise<T>;
  /** Whether this start made the database. */
  readonly created: boolean;
  /** Resolves when the database is closed or has died; never rejects. Calls that are under way or come later reject. */
  readonly ended: Promise<DatabaseEnd>;
  /** Waits for the running transaction. Resolves also when the database has died before or dies of it. */
  readonly close: () => Promise<void>;
};

export type Opened = { readonly kind: 'open'; readonly database: Database } | Unusable;

/**
 * Opens the database of a data folder, and makes it first if there is none (seconds instead of half a second). Making
 * it is all or nothing: what a crash or a full disk left behind is removed here or by the next start.
 *
 * Modules that import drizzle cost as much as PGlite's start; load them after this call has begun and both overlap.
 */
export const openDatabase = async (options: {
  /** The caller holds its lock (`lockFolder`) until the database has ended. */
  readonly folder: string;
  /** Called when there is no database yet and one is being made. */
  readonly onCreating?: () => void;
}): Promise<Opened> => {
  try {
    const { path, isNew, complete, abandon } = creation(options.folder);
    if (isNew) options.onCreating?.();
    const opened = await openFolder(path, isNew);
    if (opened.kind === 'open') complete();
    else abandon();
    return opened;
  } catch (error) {
    return unusable(error);
  }
};

const openFolder = async (path: string, created: boolean): Promise<Opened> => {
  const worker = link(path);
  const session = connection(worker);
  try {
    const [{ drizzle }, { migrate: apply }, { migrate }] = await Promise.all([
      import('drizzle-orm/pglite/driver'),
      import('drizzle-orm/pglite/migrator'),
      import('./migrate.ts'),
      worker.opened,
    ]);
    // The driver asks no more of PGlite than what a Connection has.
    const db = drizzle({ client: session as unknown as PGlite });
    const migrated = await migrate(db, (config) => apply(db, config));
    if (migrated.kind === 'newer-version') {
      await session.close();
      return { kind: 'unusable', reason: 'newer-version', cause: migrated.cause };
    }
    return { kind: 'open', database: database(db, session, worker.ended, created) };
  } catch (error) {
    await worker.stop();
    return unusable(rootCause(error));
  }
};

const database = (
  db: Queries & Pick<PgDatabase<PgQueryResultHKT>, 'transaction'>,
  session: ReturnType<typeof connection>,
  ended: Promise<DatabaseEnd>,
  created: boolean,
): Database => {
  const upkeep = maintenance(session);
  void ended.then(upkeep.stop);
  return {
    db,
    transaction: (work) => db.transaction(work),
    created,
    ended,
    close: async () => {
      upkeep.stop();
      // The rows are safe in the log whether or not the last checkpoint could be written.
      await session.close().catch(() => undefined);
      await ended;
    },
  };
};
