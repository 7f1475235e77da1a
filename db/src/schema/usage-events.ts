import { sql } from 'drizzle-orm';
import { bigint, check, index, pgTable, text } from 'drizzle-orm/pg-core';
import { instant } from './columns.ts';

/**
 * What was used, and by whom. Rows are written in batches long after their requests were answered: no foreign keys, so
 * that nothing can be refused any more, and content that is forgotten keeps its past.
 */
export const usageEvents = pgTable(
  'usage_events',
  {
    /** A batch that is sent again, because it is not known whether it was committed, counts once. */
    idempotencyKey: text('idempotency_key').primaryKey(),
    time: instant('time').notNull(),
    accountId: text('account_id').notNull(),
    /** `user:usr_…` or `service_account:svc_…`. */
    actor: text('actor').notNull(),
    tokenId: text('token_id'),
    contentId: text('content_id'),
    versionId: text('version_id'),
    workspaceId: text('workspace_id'),
    metric: text('metric').notNull(),
    quantity: bigint('quantity', { mode: 'number' }).notNull(),
    requestId: text('request_id').notNull(),
  },
  (table) => [
    index('usage_events_account').on(table.accountId, table.time),
    index('usage_events_time').on(table.time),
    check('usage_events_quantity', sql`${table.quantity} > 0`),
  ],
);
