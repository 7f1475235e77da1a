import { sql } from 'drizzle-orm';
import { boolean, check, foreignKey, index, pgTable, text, unique } from 'drizzle-orm/pg-core';
import { idCheck, instant } from './columns.ts';
import { workspaces } from './workspaces.ts';

/**
 * Which account an application's object belongs to. The object itself stays with its application; the id is that of
 * the tuples, `<app>.<kind>/<external id>`, so one object can never belong to two accounts.
 */
export const contents = pgTable(
  'contents',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id').notNull(),
    workspaceId: text('workspace_id').notNull(),
    app: text('app').notNull(),
    kind: text('kind').notNull(),
    externalId: text('external_id').notNull(),
    title: text('title'),
    isPrivate: boolean('is_private').notNull().default(false),
    createdAt: instant('created_at').notNull().defaultNow(),
    /** Who registered it: a fact, not a grant. */
    createdBy: text('created_by').notNull(),
  },
  (table) => [
    unique('contents_object').on(table.app, table.kind, table.externalId),
    foreignKey({
      name: 'contents_workspace',
      columns: [table.accountId, table.workspaceId],
      foreignColumns: [workspaces.accountId, workspaces.id],
    }),
    index('contents_account').on(table.accountId, table.app, table.kind),
    idCheck('contents_created_by_form', table.createdBy, 'usr', 'svc'),
    check('contents_id_form', sql`${table.id} = ${table.app} || '.' || ${table.kind} || '/' || ${table.externalId}`),
    // Neither part may hold the separator that follows it: else two objects could share one id.
    check('contents_app_form', sql`${table.app} ~ '^[a-z0-9-]+$'`),
    check('contents_kind_form', sql`${table.kind} ~ '^[a-z0-9_-]+$'`),
    // What an id in a route file may hold, without the "@" that parts a version from its content.
    check('contents_external_id_form', sql`${table.externalId} ~ '^[A-Za-z0-9._|/-]{1,200}$'`),
    // With "content:" in front it is an object of the engine, which takes 256 characters.
    check('contents_id_length', sql`char_length(${table.id}) <= 248`),
    check('contents_title_length', sql`char_length(${table.title}) between 1 and 200`),
  ],
);
