import { sql } from 'drizzle-orm';
import { bigint, check, index, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { accounts } from './accounts.ts';
import { bytes, instant } from './columns.ts';

/**
 * What was done in an account, and by whom: appended, never changed. `seq` has no gaps, and each row's hash covers the
 * one before it, so that a row that was changed, removed or put in between is found (`audit.ts`).
 */
export const auditEvents = pgTable(
  'audit_events',
  {
    accountId: text('account_id')
      .notNull()
      .references(() => accounts.id),
    /** 1, 2, 3, … within the account, in the order of commits. */
    seq: bigint('seq', { mode: 'number' }).notNull(),
    /** Whole milliseconds: what is hashed must be read back exactly. */
    time: instant('time').notNull(),
    /** `user:usr_…`, `service_account:svc_…` or `system:<part>`. */
    actor: text('actor').notNull(),
    tokenId: text('token_id'),
    /** Who acted in the actor's name: `user:usr_…`. */
    impersonator: text('impersonator'),
    /** `content.registered`: what it was done to, a dot, what was done. */
    action: text('action').notNull(),
    /** The object, as tuples name it. */
    target: text('target').notNull(),
    /** The permission that allowed it. */
    permission: text('permission'),
    /** SHA-256 of the row in `audit_bodies`; absent when there is none. */
    bodyDigest: bytes('body_digest'),
    ip: text('ip'),
    requestId: text('request_id'),
    /** The hash of `seq - 1`; 32 zero bytes before the first. */
    prevHash: bytes('prev_hash').notNull(),
    hash: bytes('hash').notNull(),
  },
  (table) => [
    primaryKey({ name: 'audit_events_pkey', columns: [table.accountId, table.seq] }),
    index('audit_events_target').on(table.accountId, table.target),
    check('audit_events_seq', sql`${table.seq} > 0`),
    check('audit_events_action_form', sql`${table.action} ~ '^[a-z_]+[.][a-z_]+$'`),
    check('audit_events_actor_form', sql`${table.actor} ~ '^(user|service_account|system):'`),
    check('audit_events_hash_length', sql`length(${table.prevHash}) = 32 and length(${table.hash}) = 32`),
    check('audit_events_body_digest_length', sql`length(${table.bodyDigest}) = 32`),
  ],
);
