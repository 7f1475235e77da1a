import { sql } from 'drizzle-orm';
import { check, foreignKey, pgTable, text, unique } from 'drizzle-orm/pg-core';
import { idCheck, instant } from './columns.ts';
import { slugs } from './slugs.ts';

/** A person. Addresses stand in `user_emails`, rights in `memberships`. */
export const userProfiles = pgTable(
  'user_profiles',
  {
    userId: text('user_id').primaryKey(),
    username: text('username').notNull(),
    /** For display only; anything a person likes to be called. */
    name: text('name').notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (table) => [
    unique('user_profiles_username').on(table.username),
    foreignKey({
      name: 'user_profiles_slug',
      columns: [table.username, table.userId],
      foreignColumns: [slugs.slug, slugs.holder],
    }),
    idCheck('user_profiles_id_form', table.userId, 'usr'),
    check('user_profiles_name_length', sql`char_length(${table.name}) between 1 and 200`),
  ],
);
