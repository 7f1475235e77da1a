import { fileURLToPath } from 'node:url';
import { and, desc, eq } from 'drizzle-orm';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { bigint, pgSchema, text } from 'drizzle-orm/pg-core';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import { newId } from './ids.ts';
import { incarnation } from './schema/incarnation.ts';

export const migrationsFolder = fileURLToPath(new URL('./migrations', import.meta.url));

type Queries = Pick<PgDatabase<PgQueryResultHKT>, 'select' | 'insert' | '$count'>;

export type Migrated =
  | { readonly kind: 'migrated' }
  /** A newer release has been here; its tables are not ours to write. */
  | { readonly kind: 'newer-version'; readonly cause: Error };

/**
 * Brings the schema up to date, all of it or nothing. `apply` is the migrator of drizzle's PGlite driver. The caller is
 * alone on the database: it holds the lock of the data folder, and PGlite has one connection.
 */
export const migrate = async (
  db: Queries,
  apply: (config: { migrationsFolder: string }) => Promise<void>,
): Promise<Migrated> => {
  const newestMs = Math.max(...readMigrationFiles({ migrationsFolder }).map((migration) => migration.folderMillis));
  const appliedMs = await lastAppliedMs(db);
  if (appliedMs !== undefined && appliedMs > newestMs) {
    const cause = new Error('the database was written by a newer release: start that one, or restore a backup');
    return { kind: 'newer-version', cause };
  }
  if (appliedMs !== newestMs) await apply({ migrationsFolder });
  await db
    .insert(incarnation)
    .values({ id: newId('inc') })
    .onConflictDoNothing();
  return { kind: 'migrated' };
};

// drizzle's own record, and the catalogue that says whether it is there; not part of our schema.
const applied = pgSchema('drizzle').table('__drizzle_migrations', {
  createdAt: bigint('created_at', { mode: 'number' }),
});
const catalogue = pgSchema('pg_catalog').table('pg_tables', { schema: text('schemaname'), table: text('tablename') });

const lastAppliedMs = async (db: Queries): Promise<number | undefined> => {
  const isRecord = and(eq(catalogue.schema, 'drizzle'), eq(catalogue.table, '__drizzle_migrations'));
  if ((await db.$count(catalogue, isRecord)) === 0) return undefined;
  const [last] = await db.select().from(applied).orderBy(desc(applied.createdAt)).limit(1);
  return last?.createdAt ?? undefined;
};
