import { sql } from 'drizzle-orm';
import { check, customType, timestamp } from 'drizzle-orm/pg-core';
import type { SQL } from 'drizzle-orm';
import type { AnyPgColumn } from 'drizzle-orm/pg-core';

/** Milliseconds are enough everywhere; `timestamptz`, so that no server setting changes a meaning. */
export const instant = (name: string) => timestamp(name, { withTimezone: true });

/** drizzle has no `bytea` of its own; PGlite takes and gives bytes. */
export const bytes = customType<{ data: Uint8Array; driverData: Uint8Array }>({ dataType: () => 'bytea' });

/** The database refuses what `newId(prefix)` cannot have made: an id in the wrong column is found when it is written. */
export const idCheck = (name: string, column: AnyPgColumn, ...prefixes: readonly string[]) =>
  check(name, sql`${column} ~ ${sql.raw(`'^(${prefixes.join('|')})_[0-9a-hjkmnp-tv-z]{26}$'`)}`);

/** A closed list as a CHECK: an enum type of PostgreSQL cannot lose a value again. */
export const oneOf = (name: string, column: AnyPgColumn, values: readonly string[]) =>
  check(name, sql`${column} in (${listed(values)})`);

/** `'a', 'b'` for the text of a constraint. Only for constants of this folder: nothing is escaped. */
export const listed = (values: readonly string[]): SQL => sql.raw(values.map((value) => `'${value}'`).join(', '));
