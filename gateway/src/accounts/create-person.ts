import { newId } from '@gatehouse/db/ids';
import type { Queries } from '@gatehouse/db/client';
import { accounts } from '@gatehouse/db/schema/accounts';
import { userEmails } from '@gatehouse/db/schema/user-emails';
import { userProfiles } from '@gatehouse/db/schema/user-profiles';
import type { Tuple } from '@gatehouse/policies/engine/engine';
import type { Account } from '@gatehouse/policies/principal';
import { createWorkspace } from './create-workspace.ts';
import { takeSlug } from './take-slug.ts';

export type NewPerson = {
  readonly username: string;
  readonly name: string;
  readonly email?: string | undefined;
  /** False = the address is claimed, and finds nobody. Only one person can have verified an address. */
  readonly isEmailVerified?: boolean;
};

export type CreatedPerson = { readonly userId: string; readonly home: Account; readonly tuples: readonly Tuple[] };

/**
 * Profile, address, personal account and its default workspace. The caller writes `tuples` in the same
 * transaction. Throws `SlugRefused`.
 */
export const createPerson = async (
  tx: Queries,
  { username, name, email, isEmailVerified = true }: NewPerson,
): Promise<CreatedPerson> => {
  const userId = newId('usr');
  const home = { id: newId('acc'), slug: username };
  await takeSlug(tx, username, userId);
  await tx.insert(userProfiles).values({ userId, username, name });
  if (email !== undefined) {
    const verifiedAt = isEmailVerified ? new Date() : null;
    await tx
      .insert(userEmails)
      .values({ userId, address: email, addressNorm: email.toLowerCase(), isPrimary: true, verifiedAt });
  }
  await tx.insert(accounts).values({ ...home, kind: 'personal', name, ownerUserId: userId, createdBy: userId });
  const workspace = await createWorkspace(tx, {
    accountId: home.id,
    name: 'Default',
    isDefault: true,
    createdBy: userId,
  });
  const owner: Tuple = { subject: `user:${userId}`, relation: 'owner', object: `organization:${home.id}` };
  return { userId, home, tuples: [owner, ...workspace.tuples] };
};
