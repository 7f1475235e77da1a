import { sql } from 'drizzle-orm';
import { bigserial, check, pgTable, text, unique } from 'drizzle-orm/pg-core';
import { instant } from './columns.ts';

/** The relationship tuples of the embedded engine: `subject relation object`. Ids are compared byte by byte. */
export const tuple = pgTable(
  'tuple',
  {
    /** The order of writing: pages of a load are cut by it. */
    seq: bigserial('seq', { mode: 'number' }).primaryKey(),
    objectType: text('object_type').notNull(),
    objectId: text('object_id').notNull(),
    relation: text('relation').notNull(),
    subjectType: text('subject_type').notNull(),
    subjectId: text('subject_id').notNull(),
    /** Empty unless the subject is a userset (`team:x#member`): a null would escape the unique key. */
    subjectRelation: text('subject_relation').notNull().default(''),
    writtenAt: instant('written_at').notNull().defaultNow(),
  },
  (table) => [
    unique('tuple_key').on(
      table.objectType,
      table.objectId,
      table.relation,
      table.subjectType,
      table.subjectId,
      table.subjectRelation,
    ),
    check(
      'tuple_parts',
      sql`${table.objectType} <> '' and ${table.objectId} <> '' and ${table.relation} <> '' and ${table.subjectType} <> '' and ${table.subjectId} <> ''`,
    ),
  ],
);
