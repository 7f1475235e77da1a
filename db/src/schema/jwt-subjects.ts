import { sql } from 'drizzle-orm';
import { check, index, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { instant } from './columns.ts';
import { userProfiles } from './user-profiles.ts';

/**
 * Who a person is at an identity provider. The pair is the identity: the same `sub` of two issuers is two people, and
 * neither ever becomes part of an id of ours. Both are compared byte by byte.
 */
export const jwtSubjects = pgTable(
  'jwt_subjects',
  {
    /** `iss` as the provider writes it. */
    issuer: text('issuer').notNull(),
    /** `sub` as the provider writes it. */
    subject: text('subject').notNull(),
    userId: text('user_id')
      .notNull()
      .references(() => userProfiles.userId),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ name: 'jwt_subjects_pkey', columns: [table.issuer, table.subject] }),
    index('jwt_subjects_user').on(table.userId),
    check('jwt_subjects_issuer_form', sql`char_length(${table.issuer}) <= 500 and ${table.issuer} ~ '^[!-~]+$'`),
    check('jwt_subjects_subject_form', sql`${table.subject} ~ '^[A-Za-z0-9._|@-]{1,128}$'`),
  ],
);
