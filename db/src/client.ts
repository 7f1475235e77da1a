import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';

/**
 * What may be asked of the database, the same on PGlite and PostgreSQL. `execute` is missing on purpose: the two drivers
 * answer it in different shapes.
 */
export type Queries = Pick<
  PgDatabase<PgQueryResultHKT>,
  'select' | 'selectDistinct' | 'selectDistinctOn' | 'insert' | 'update' | 'delete' | 'with' | '$with' | '$count'
>;

/** Why a database cannot be opened; `cause` has the details for the log. */
export type UnusableReason = 'disk-full' | 'not-writable' | 'newer-version' | 'failed';

/** `died`: nothing more can be stored or read; the process has to end and start again. */
export type DatabaseEnd = { readonly kind: 'closed' } | { readonly kind: 'died'; readonly cause: Error };

export type Database = {
  /** Throws when used inside `transaction`: on a single connection it would wait for itself for ever. */
  readonly db: Queries;
  /** Commits when `work` resolves, rolls back when it throws. Only `tx` may be used inside; no network call inside. */
  readonly transaction: <T>(work: (tx: Queries) => Promise<T>) => Promise<T>;
  /** Whether this start made the database. */
  readonly created: boolean;
  /** Resolves when the database is closed or has died; never rejects. */
  readonly ended: Promise<DatabaseEnd>;
  readonly close: () => Promise<void>;
};

export type Opened =
  | { readonly kind: 'open'; readonly database: Database }
  | { readonly kind: 'unusable'; readonly reason: UnusableReason; readonly cause: Error };

export declare const openDatabase: (options: {
  /** The data folder; the caller holds its lock (`lockFolder`) until the database has ended. */
  readonly folder: string;
  /** Called once when no database was found and one is being made, which takes seconds. */
  readonly onCreating?: () => void;
}) => Promise<Opened>;
