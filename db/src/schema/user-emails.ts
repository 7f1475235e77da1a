import { sql } from 'drizzle-orm';
import { boolean, check, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { instant } from './columns.ts';
import { userProfiles } from './user-profiles.ts';

/** Anybody may *claim* an address; only one person can have verified it. */
export const userEmails = pgTable(
  'user_emails',
  {
    userId: text('user_id')
      .notNull()
      .references(() => userProfiles.userId),
    /** As the person wrote it: the part before the @ may be case-sensitive at its server. */
    address: text('address').notNull(),
    addressNorm: text('address_norm').notNull(),
    isPrimary: boolean('is_primary').notNull().default(false),
    verifiedAt: instant('verified_at'),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ name: 'user_emails_pkey', columns: [table.userId, table.addressNorm] }),
    uniqueIndex('user_emails_verified')
      .on(table.addressNorm)
      .where(sql`${table.verifiedAt} is not null`),
    uniqueIndex('user_emails_primary')
      .on(table.userId)
      .where(sql`${table.isPrimary}`),
    // Only ASCII is compared here: what lower() makes of other letters depends on the server's collation.
    check('user_emails_norm_form', sql`${table.addressNorm} ~ '^[^A-Z[:space:]]+@[^A-Z[:space:]@]+$'`),
    check('user_emails_length', sql`char_length(${table.address}) <= 320 and char_length(${table.addressNorm}) <= 320`),
  ],
);
