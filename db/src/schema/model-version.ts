import { sql } from 'drizzle-orm';
import { check, jsonb, pgTable, text, unique } from 'drizzle-orm/pg-core';
import { idCheck, instant } from './columns.ts';

/** One row per model that was ever in force, found by its hash. `model` is the parsed form, so that a start need not parse again. */
export const modelVersion = pgTable(
  'model_version',
  {
    id: text('id').primaryKey(),
    /** Lower-case hexadecimal. */
    sha256: text('sha256').notNull(),
    openfgaModelId: text('openfga_model_id'),
    model: jsonb('model').notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (table) => [
    unique('model_version_sha256').on(table.sha256),
    idCheck('model_version_id_form', table.id, 'mdl'),
    check('model_version_sha256_form', sql`${table.sha256} ~ '^[0-9a-f]{64}$'`),
  ],
);
