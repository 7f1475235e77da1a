import { boolean, check, pgTable, text } from 'drizzle-orm/pg-core';
import { sql } from 'drizzle-orm';
import { idCheck, instant } from './columns.ts';

/** Exactly one row. Its id is part of every cached decision's key and is replaced when a backup is restored. */
export const incarnation = pgTable(
  'incarnation',
  {
    isOnly: boolean('is_only').primaryKey().default(true),
    id: text('id').notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (table) => [idCheck('incarnation_id_form', table.id, 'inc'), check('incarnation_one_row', sql`${table.isOnly}`)],
);
