import type { Queries } from '../src/client.ts';
import { newId } from '../src/ids.ts';
import { accounts } from '../src/schema/accounts.ts';
import { slugs } from '../src/schema/slugs.ts';
import { userProfiles } from '../src/schema/user-profiles.ts';

/** A person with a personal account of the same name. */
export const addPerson = async (db: Queries, username: string) => {
  const userId = newId('usr');
  const accountId = newId('acc');
  await db.insert(slugs).values({ slug: username, holder: userId });
  await db.insert(userProfiles).values({ userId, username, name: username });
  await db.insert(accounts).values({
    id: accountId,
    kind: 'personal',
    slug: username,
    name: username,
    ownerUserId: userId,
    createdBy: userId,
  });
  return { userId, accountId };
};

export const addOrganization = async (db: Queries, slug: string, createdBy: string) => {
  const accountId = newId('acc');
  await db.insert(slugs).values({ slug, holder: accountId });
  await db.insert(accounts).values({ id: accountId, kind: 'organization', slug, name: slug, createdBy });
  return { accountId };
};
