import { eq } from 'drizzle-orm';
import type { Queries } from './client.ts';
import { accounts } from './schema/accounts.ts';
import type { AccountKind, AccountStatus } from './schema/accounts.ts';

export type StoredAccount = {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly kind: AccountKind;
  readonly status: AccountStatus;
};

/** By slug or by id: a slug cannot contain the underscore that every id has. */
export const findAccount = async (db: Queries, slugOrId: string): Promise<StoredAccount | undefined> => {
  const [row] = await db
    .select({
      id: accounts.id,
      slug: accounts.slug,
      name: accounts.name,
      kind: accounts.kind,
      status: accounts.status,
    })
    .from(accounts)
    .where(eq(slugOrId.includes('_') ? accounts.id : accounts.slug, slugOrId))
    .limit(1);
  return row;
};
