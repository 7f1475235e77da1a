import { sql } from 'drizzle-orm';
import { check, index, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { accounts } from './accounts.ts';
import { idCheck, instant, listed, oneOf } from './columns.ts';
import { userProfiles } from './user-profiles.ts';

export const roles = ['viewer', 'maintainer', 'owner'] as const;

export type Role = (typeof roles)[number];

export const facets = ['org_admin', 'billing_admin', 'user_admin', 'technical'] as const;
export const membershipSources = [
  'created',
  'invited',
  'requested',
  'domain',
  'customer_link',
  'sso',
  'scim',
  'platform',
] as const;

/** Who belongs to an account, and as what. A removed row stays: it says who removed whom, and why. */
export const memberships = pgTable(
  'memberships',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id')
      .notNull()
      .references(() => accounts.id),
    userId: text('user_id')
      .notNull()
      .references(() => userProfiles.userId),
    role: text('role', { enum: roles }),
    facets: text('facets', { enum: facets })
      .array()
      .notNull()
      .default(sql`'{}'`),
    source: text('source', { enum: membershipSources }).notNull(),
    sourceRef: text('source_ref'),
    joinedAt: instant('joined_at').notNull().defaultNow(),
    invitedBy: text('invited_by'),
    removedAt: instant('removed_at'),
    removedBy: text('removed_by'),
    removalReason: text('removal_reason'),
  },
  (table) => [
    uniqueIndex('memberships_live')
      .on(table.accountId, table.userId)
      .where(sql`${table.removedAt} is null`),
    index('memberships_live_of_user')
      .on(table.userId)
      .where(sql`${table.removedAt} is null`),
    index('memberships_live_owners')
      .on(table.accountId)
      .where(sql`${table.role} = 'owner' and ${table.removedAt} is null`),
    idCheck('memberships_id_form', table.id, 'mem'),
    oneOf('memberships_role', table.role, roles),
    oneOf('memberships_source', table.source, membershipSources),
    // An element that is null would make the comparison null, and a CHECK lets null pass.
    check(
      'memberships_facets',
      sql`${table.facets} <@ array[${listed(facets)}] and array_position(${table.facets}, null) is null`,
    ),
    check(
      'memberships_live_has_right',
      sql`${table.removedAt} is not null or ${table.role} is not null or cardinality(${table.facets}) > 0`,
    ),
  ],
);
