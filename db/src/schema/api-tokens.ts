import { sql } from 'drizzle-orm';
import { check, foreignKey, index, pgTable, text, unique } from 'drizzle-orm/pg-core';
import { accounts } from './accounts.ts';
import { bytes, idCheck, instant, oneOf } from './columns.ts';
import { serviceAccounts } from './service-accounts.ts';
import { userProfiles } from './user-profiles.ts';

export const tokenKinds = ['personal', 'service'] as const;

export type TokenKind = (typeof tokenKinds)[number];

/** A token's text is shown once and never stored: `hash` is keyed, and `key_id` says with which key. */
export const apiTokens = pgTable(
  'api_tokens',
  {
    id: text('id').primaryKey(),
    kind: text('kind', { enum: tokenKinds }).notNull(),
    accountId: text('account_id').notNull(),
    userId: text('user_id').references(() => userProfiles.userId),
    serviceAccountId: text('service_account_id'),
    name: text('name').notNull(),
    /** `gth_pat_` …, for people and secret scanners. */
    prefix: text('prefix').notNull(),
    lastFour: text('last_four').notNull(),
    hash: bytes('hash').notNull(),
    keyId: text('key_id').notNull(),
    scopes: text('scopes').array().notNull(),
    expiresAt: instant('expires_at').notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
    createdBy: text('created_by').notNull(),
    revokedAt: instant('revoked_at'),
    revokedBy: text('revoked_by'),
    lastUsedAt: instant('last_used_at'),
  },
  (table) => [
    unique('api_tokens_hash').on(table.hash),
    index('api_tokens_account').on(table.accountId, table.createdAt),
    index('api_tokens_user')
      .on(table.userId)
      .where(sql`${table.revokedAt} is null`),
    foreignKey({ name: 'api_tokens_account_id', columns: [table.accountId], foreignColumns: [accounts.id] }),
    // A personal token belongs to its person's own account, an organization's token to its service account's.
    foreignKey({
      name: 'api_tokens_personal_account',
      columns: [table.accountId, table.userId],
      foreignColumns: [accounts.id, accounts.ownerUserId],
    }),
    foreignKey({
      name: 'api_tokens_service_account',
      columns: [table.accountId, table.serviceAccountId],
      foreignColumns: [serviceAccounts.accountId, serviceAccounts.id],
    }),
    idCheck('api_tokens_id_form', table.id, 'tok'),
    idCheck('api_tokens_created_by_form', table.createdBy, 'usr', 'svc'),
    oneOf('api_tokens_kind', table.kind, tokenKinds),
    check(
      'api_tokens_one_principal',
      sql`case ${table.kind} when 'personal' then ${table.userId} is not null and ${table.serviceAccountId} is null else ${table.userId} is null and ${table.serviceAccountId} is not null end`,
    ),
    check('api_tokens_hash_length', sql`octet_length(${table.hash}) = 32`),
    check('api_tokens_last_four_length', sql`char_length(${table.lastFour}) = 4`),
    check('api_tokens_scopes', sql`array_position(${table.scopes}, null) is null`),
    check('api_tokens_revocation', sql`(${table.revokedAt} is null) = (${table.revokedBy} is null)`),
  ],
);
