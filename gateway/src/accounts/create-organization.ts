import { newId } from '@gatehouse/db/ids';
import type { Queries } from '@gatehouse/db/client';
import { accounts } from '@gatehouse/db/schema/accounts';
import { memberships } from '@gatehouse/db/schema/memberships';
import { slugs } from '@gatehouse/db/schema/slugs';
import type { Tuple } from '@gatehouse/policies/engine/engine';
import { createWorkspace } from './create-workspace.ts';

export type NewOrganization = { readonly slug: string; readonly name: string; readonly createdBy: string };

export type CreatedOrganization = {
  readonly accountId: string;
  readonly workspaceId: string;
  readonly tuples: readonly Tuple[];
};

/** The account, its default workspace and its first owner. The caller writes `tuples` in the same transaction. */
export const createOrganization = async (
  tx: Queries,
  { slug, name, createdBy }: NewOrganization,
): Promise<CreatedOrganization> => {
  const accountId = newId('acc');
  await tx.insert(slugs).values({ slug, holder: accountId });
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

type NewMember = Pick<typeof memberships.$inferInsert, 'source'> & {
  readonly accountId: string;
  readonly userId: string;
  readonly role: 'viewer' | 'maintainer' | 'owner';
};

/** The membership row; the answer is its tuple. */
export const addMember = async (tx: Queries, member: NewMember): Promise<readonly Tuple[]> => {
  await tx.insert(memberships).values({ id: newId('mem'), ...member });
  return [{ subject: `user:${member.userId}`, relation: member.role, object: `organization:${member.accountId}` }];
};
