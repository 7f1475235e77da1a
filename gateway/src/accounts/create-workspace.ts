import { newId } from '@gatehouse/db/ids';
import type { Queries } from '@gatehouse/db/client';
import { workspaces } from '@gatehouse/db/schema/workspaces';
import type { Tuple } from '@gatehouse/policies/engine/engine';

export type NewWorkspace = {
  readonly accountId: string;
  readonly name: string;
  readonly isDefault: boolean;
  readonly createdBy: string;
};

/** An open workspace: the organization's viewers and maintainers are its own. */
export const createWorkspace = async (
  tx: Queries,
  workspace: NewWorkspace,
): Promise<{ readonly workspaceId: string; readonly tuples: readonly Tuple[] }> => {
  const workspaceId = newId('wsp');
  await tx.insert(workspaces).values({ id: workspaceId, ...workspace });
  const object = `workspace:${workspaceId}` as const;
  const organization = `organization:${workspace.accountId}` as const;
  return {
    workspaceId,
    tuples: [
      { subject: organization, relation: 'organization', object },
      { subject: `${organization}#maintainer`, relation: 'maintainer', object },
      { subject: `${organization}#viewer`, relation: 'viewer', object },
    ],
  };
};
