import { eq, inArray } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import type { Queries } from './client.ts';
import { accounts } from './schema/accounts.ts';
import type { AccountStatus } from './schema/accounts.ts';
import { apiTokens } from './schema/api-tokens.ts';
import type { TokenKind } from './schema/api-tokens.ts';
import { serviceAccounts } from './schema/service-accounts.ts';
import { userProfiles } from './schema/user-profiles.ts';
import { hasSeveralAccounts } from './several-accounts.ts';

/** A stored token with everything that decides whether it still opens a door. Nothing is judged here. */
export type StoredToken = {
  readonly id: string;
  readonly kind: TokenKind;
  readonly hash: Uint8Array;
  readonly keyId: string;
  readonly scopes: readonly string[];
  readonly expiresAt: Date;
  readonly revokedAt: Date | null;
  /** `name` is the user name, or the name of the service account. */
  readonly principal:
    | { readonly kind: 'user'; readonly id: string; readonly name: string }
    | {
        readonly kind: 'service_account';
        readonly id: string;
        readonly name: string;
        readonly disabledAt: Date | null;
      };
  /** The account the token belongs to: the person's own, or the service account's. */
  readonly home: {
    readonly id: string;
    readonly slug: string;
    readonly status: AccountStatus;
  };
  /** True for a person who could act for another account than `home` as well; never for a service account. */
  readonly hasSeveralAccounts: boolean;
};

/**
 * The token that has one of these hashes (one per key that may still be in use), with its owner, in one query.
 * `undefined` when there is none; expired and revoked tokens are found, so that the refusal can say why in the log.
 */
export const findToken = (db: Queries, hashes: readonly Uint8Array[]): Promise<StoredToken | undefined> =>
  tokenWhere(db, inArray(apiTokens.hash, [...hashes]));

/** The same by id, for looking back: records name tokens by it. */
export const findTokenById = (db: Queries, id: string): Promise<StoredToken | undefined> =>
  tokenWhere(db, eq(apiTokens.id, id));

const tokenWhere = async (db: Queries, condition: SQL): Promise<StoredToken | undefined> => {
  const [row] = await db
    .select({
      token: apiTokens,
      account: accounts,
      user: userProfiles,
      service: serviceAccounts,
      several: hasSeveralAccounts(db, apiTokens.userId),
    })
    .from(apiTokens)
    .innerJoin(accounts, eq(accounts.id, apiTokens.accountId))
    .leftJoin(userProfiles, eq(userProfiles.userId, apiTokens.userId))
    .leftJoin(serviceAccounts, eq(serviceAccounts.id, apiTokens.serviceAccountId))
    .where(condition)
    .limit(1);
  const principal = row && principalOf(row.user, row.service);
  if (row === undefined || principal === undefined) return undefined;
  const { id, kind, hash, keyId, scopes, expiresAt, revokedAt } = row.token;
  const { id: homeId, slug, status } = row.account;
  const home = { id: homeId, slug, status };
  return { id, kind, hash, keyId, scopes, expiresAt, revokedAt, principal, home, hasSeveralAccounts: row.several };
};

const principalOf = (
  user: typeof userProfiles.$inferSelect | null,
  service: typeof serviceAccounts.$inferSelect | null,
): StoredToken['principal'] | undefined => {
  if (user !== null) return { kind: 'user', id: user.userId, name: user.username };
  if (service === null) return undefined;
  return { kind: 'service_account', id: service.id, name: service.name, disabledAt: service.disabledAt };
};
