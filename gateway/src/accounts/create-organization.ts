import { newId } from '@gatehouse/db/ids';
import type { Queries } from '@gatehouse/db/client';
import { accounts } from '@gatehouse/db/schema/accounts';
import type { Tuple } from '@gatehouse/policies/engine/engine';
import { addMember } from './add-member.ts';
import { createWorkspace } from './create-workspace.ts';
import { takeSlug } from './take-slug.ts';

export type NewOrganization = { readonly slug: string; readonly name: string; readonly createdBy: string };

export type CreatedOrganization = {
  readonly accountId: string;
  readonly workspaceId: string;
  readonly tuples: readonly Tuple[];
};

/**
 * The account, its default workspace and its first owner. The caller writes `tuples` in the same transaction.
 * Throws `SlugRefused`.
 */
export const createOrganization = async (
  tx: Queries,
  { slug, name, createdBy }: NewOrganization,
): Promise<CreatedOrganization> => {
  const accountId = newId('acc');
  await takeSlug(tx, slug, accountId);
  await tx.insert(accounts).values({ id: accountId, kind: 'organization', slug, name, createdBy });
  const workspace = await createWorkspace(tx, { accountId, name: 'Default', isDefault: true, createdBy });
  const membership = await addMember(tx, { accountId, userId: createdBy, role: 'owner', source: 'created' });
  return {
    accountId,
    workspaceId: workspace.workspaceId,
    tuples: [
      { subject: 'platform:main', relation: 'platform', object: `organization:${accountId}` },
      ...workspace.tuples,
      ...membership,
    ],
  };
};
