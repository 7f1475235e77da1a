import { and, eq, exists, isNull, ne, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { SQL } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import type { Queries } from './client.ts';
import { accounts } from './schema/accounts.ts';
import { memberships } from './schema/memberships.ts';

/** Named apart: the query around this one often reads the personal account from the same table. */
const organizations = alias(accounts, 'organizations');

/**
 * A field of a query: true when the user in this column could act for more than the personal account. One live
 * membership is enough: the personal account has no membership row and is always there beside it. Suspended organizations
 * count, so that a request that names no account does not begin to act for another one the day an organization is suspended.
 */
export const hasSeveralAccounts = (db: Queries, userId: PgColumn): SQL<boolean> => {
  const others = db
    .select({ id: memberships.id })
    .from(memberships)
    .innerJoin(organizations, eq(organizations.id, memberships.accountId))
    .where(and(eq(memberships.userId, userId), isNull(memberships.removedAt), ne(organizations.status, 'purged')));
  return sql<boolean>`${exists(others)}`;
};
