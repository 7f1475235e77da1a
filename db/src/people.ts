import { and, eq, isNotNull } from 'drizzle-orm';
import type { Queries } from './client.ts';
import { accounts } from './schema/accounts.ts';
import { userEmails } from './schema/user-emails.ts';
import { userProfiles } from './schema/user-profiles.ts';
import { hasSeveralAccounts } from './several-accounts.ts';

export type Person = {
  readonly id: string;
  readonly username: string;
  readonly name: string;
  /** The personal account; absent until it is made. */
  readonly home: { readonly id: string; readonly slug: string } | undefined;
  /** True when the person could act for an organization as well as for `home`. */
  readonly hasSeveralAccounts: boolean;
};

/** By user name, verified e-mail address or id. An address that is only claimed finds nobody. */
export const findPerson = async (db: Queries, nameOrMailOrId: string): Promise<Person | undefined> => {
  const [row] = await db
    .select({
      id: userProfiles.userId,
      username: userProfiles.username,
      name: userProfiles.name,
      homeId: accounts.id,
      homeSlug: accounts.slug,
      several: hasSeveralAccounts(db, userProfiles.userId),
    })
    .from(userProfiles)
    .leftJoin(accounts, eq(accounts.ownerUserId, userProfiles.userId))
    .where(whereIs(db, nameOrMailOrId))
    .limit(1);
  if (row === undefined) return undefined;
  const { id, username, name, homeId, homeSlug, several } = row;
  return {
    id,
    username,
    name,
    home: homeId === null || homeSlug === null ? undefined : { id: homeId, slug: homeSlug },
    hasSeveralAccounts: several,
  };
};

const whereIs = (db: Queries, nameOrMailOrId: string) => {
  if (nameOrMailOrId.includes('@'))
    return eq(
      userProfiles.userId,
      db.select({ id: userEmails.userId }).from(userEmails).where(verified(nameOrMailOrId)),
    );
  return eq(nameOrMailOrId.includes('_') ? userProfiles.userId : userProfiles.username, nameOrMailOrId);
};

const verified = (address: string) =>
  and(eq(userEmails.addressNorm, address.toLowerCase()), isNotNull(userEmails.verifiedAt));
