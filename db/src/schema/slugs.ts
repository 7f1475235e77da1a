import { sql } from 'drizzle-orm';
import { check, pgTable, text, unique } from 'drizzle-orm/pg-core';

/**
 * The one name space of account slugs and user names. A slug has one holder: a user, whose personal account bears the
 * same name, or an organization. Accounts and user profiles refer to (slug, holder), so that no two of them can take
 * one name, whatever the order of their transactions; a unique column in each table could not promise that.
 * Reserved words are refused before they come here (`slug.ts`): the list changes more often than a constraint should.
 */
export const slugs = pgTable(
  'slugs',
  {
    slug: text('slug').primaryKey(),
    /** `usr_…` or, for an organization, `acc_…`. */
    holder: text('holder').notNull(),
  },
  (table) => [
    unique('slugs_slug_holder').on(table.slug, table.holder),
    // A label of a host name as well (`{account}.example.com`): no hyphen at either end.
    check('slugs_slug_form', sql`${table.slug} ~ '^[a-z0-9][a-z0-9-]{0,38}[a-z0-9]$'`),
    check('slugs_holder_form', sql`${table.holder} ~ '^(usr|acc)_'`),
  ],
);
