import type { Queries } from '@gatehouse/db/client';
import { contents } from '@gatehouse/db/schema/contents';
import type { Tuple } from '@gatehouse/policies/engine/engine';

export type NewContent = {
  readonly app: string;
  readonly kind: string;
  readonly externalId: string;
  readonly title: string;
  readonly accountId: string;
  readonly workspaceId: string;
  readonly createdBy: string;
};

/** The registry row; the answer is what opens the object to its workspace. The creator is a column, not a grant. */
export const registerContent = async (tx: Queries, content: NewContent): Promise<readonly Tuple[]> => {
  const id = `${content.app}.${content.kind}/${content.externalId}`;
  await tx.insert(contents).values({ id, ...content });
  const object = `content:${id}` as const;
  const workspace = `workspace:${content.workspaceId}` as const;
  return [
    { subject: workspace, relation: 'workspace', object },
    { subject: workspace, relation: 'audience', object },
  ];
};
