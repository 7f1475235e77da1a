import { sql } from 'drizzle-orm';
import { check, foreignKey, integer, pgTable, text, unique, uniqueIndex } from 'drizzle-orm/pg-core';
import { idCheck, instant, oneOf } from './columns.ts';
import { slugs } from './slugs.ts';
import { userProfiles } from './user-profiles.ts';

export const accountKinds = ['personal', 'organization'] as const;
export const accountStatuses = ['active', 'suspended', 'deleting', 'purged'] as const;

export type AccountKind = (typeof accountKinds)[number];
export type AccountStatus = (typeof accountStatuses)[number];

/** Whatever owns content: a person's own account, or an organization. */
export const accounts = pgTable(
  'accounts',
  {
    id: text('id').primaryKey(),
    kind: text('kind', { enum: accountKinds }).notNull(),
    slug: text('slug').notNull(),
    /** A personal account bears its owner's user name; see `slugs`. */
    slugHolder: text('slug_holder')
      .notNull()
      .generatedAlwaysAs(sql`coalesce(owner_user_id, id)`),
    name: text('name').notNull(),
    ownerUserId: text('owner_user_id').references(() => userProfiles.userId),
    status: text('status', { enum: accountStatuses }).notNull().default('active'),
    /** Raised under the account's row lock by every change of memberships. */
    membershipVersion: integer('membership_version').notNull().default(0),
    version: integer('version').notNull().default(0),
    createdAt: instant('created_at').notNull().defaultNow(),
    createdBy: text('created_by').notNull(),
  },
  (table) => [
    unique('accounts_slug').on(table.slug),
    unique('accounts_id_owner').on(table.id, table.ownerUserId),
    foreignKey({
      name: 'accounts_slug_holder',
      columns: [table.slug, table.slugHolder],
      foreignColumns: [slugs.slug, slugs.holder],
    }),
    uniqueIndex('accounts_one_personal')
      .on(table.ownerUserId)
      .where(sql`${table.kind} = 'personal'`),
    idCheck('accounts_id_form', table.id, 'acc'),
    idCheck('accounts_created_by_form', table.createdBy, 'usr', 'svc'),
    oneOf('accounts_kind', table.kind, accountKinds),
    oneOf('accounts_status', table.status, accountStatuses),
    check('accounts_personal_has_owner', sql`(${table.kind} = 'personal') = (${table.ownerUserId} is not null)`),
    check('accounts_name_length', sql`char_length(${table.name}) between 1 and 200`),
  ],
);
