import { sql } from 'drizzle-orm';
import { check, pgTable, text, unique } from 'drizzle-orm/pg-core';
import { accounts } from './accounts.ts';
import { idCheck, instant, oneOf } from './columns.ts';

/** Owners are people, so that they stay countable. */
export const serviceAccountRoles = ['viewer', 'maintainer'] as const;

/** A machine that acts for its account only. */
export const serviceAccounts = pgTable(
  'service_accounts',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id')
      .notNull()
      .references(() => accounts.id),
    name: text('name').notNull(),
    role: text('role', { enum: serviceAccountRoles }),
    createdAt: instant('created_at').notNull().defaultNow(),
    createdBy: text('created_by').notNull(),
    disabledAt: instant('disabled_at'),
  },
  (table) => [
    unique('service_accounts_account_id').on(table.accountId, table.id),
    unique('service_accounts_account_name').on(table.accountId, table.name),
    idCheck('service_accounts_id_form', table.id, 'svc'),
    idCheck('service_accounts_created_by_form', table.createdBy, 'usr', 'svc'),
    oneOf('service_accounts_role', table.role, serviceAccountRoles),
    check('service_accounts_name_length', sql`char_length(${table.name}) between 1 and 200`),
  ],
);
