import { sql } from 'drizzle-orm';
import { bigint, check, foreignKey, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { auditEvents } from './audit-events.ts';
import { bytes, instant } from './columns.ts';

/**
 * What stood there before and after, as JSON text. May be redacted: the chain of `audit_events` covers a digest that is
 * salted, so that an emptied body breaks nothing and cannot be guessed from its digest.
 */
export const auditBodies = pgTable(
  'audit_bodies',
  {
    accountId: text('account_id').notNull(),
    seq: bigint('seq', { mode: 'number' }).notNull(),
    salt: bytes('salt'),
    before: text('before'),
    after: text('after'),
    redactedAt: instant('redacted_at'),
  },
  (table) => [
    primaryKey({ name: 'audit_bodies_pkey', columns: [table.accountId, table.seq] }),
    foreignKey({
      name: 'audit_bodies_event',
      columns: [table.accountId, table.seq],
      foreignColumns: [auditEvents.accountId, auditEvents.seq],
    }),
    check(
      'audit_bodies_redacted_is_empty',
      sql`case when ${table.redactedAt} is null then ${table.salt} is not null else ${table.salt} is null and ${table.before} is null and ${table.after} is null end`,
    ),
  ],
);
