import { sql } from 'drizzle-orm';
import { boolean, check, pgTable, text, unique, uniqueIndex } from 'drizzle-orm/pg-core';
import { accounts } from './accounts.ts';
import { idCheck, instant } from './columns.ts';

/** Where an account's content lives. The default one takes what traffic registers; it is marked here, not in `accounts`, so that neither row has to exist before the other. */
export const workspaces = pgTable(
  'workspaces',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id')
      .notNull()
      .references(() => accounts.id),
    name: text('name').notNull(),
    isDefault: boolean('is_default').notNull().default(false),
    createdAt: instant('created_at').notNull().defaultNow(),
    createdBy: text('created_by').notNull(),
  },
  (table) => [
    unique('workspaces_account_id').on(table.accountId, table.id),
    unique('workspaces_account_name').on(table.accountId, table.name),
    uniqueIndex('workspaces_one_default')
      .on(table.accountId)
      .where(sql`${table.isDefault}`),
    idCheck('workspaces_id_form', table.id, 'wsp'),
    idCheck('workspaces_created_by_form', table.createdBy, 'usr', 'svc'),
    check('workspaces_name_length', sql`char_length(${table.name}) between 1 and 200`),
  ],
);
