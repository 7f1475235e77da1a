import type { Queries } from '@gatehouse/db/client';
import { contents } from '@gatehouse/db/schema/contents';
import type { Tuple } from '@gatehouse/policies/engine/engine';
import { contentId, contentObject } from './content-name.ts';
import type { ContentName, ContentObject } from './content-name.ts';

export type NewContent = ContentName & {
  readonly title: string;
  readonly accountId: string;
  readonly workspaceId: string;
  readonly createdBy: string;
};

/** The registry row; the answer is what opens the object to its workspace. The creator is a column, not a grant. */
export const registerContent = async (tx: Queries, content: NewContent): Promise<readonly Tuple[]> => {
  await tx.insert(contents).values({ id: contentId(content), ...content });
  return placeTuples({ object: contentObject(content), workspaceId: content.workspaceId, isPrivate: false });
};

/** Where content lies and, unless it is private, whom it is open to. */
export const placeTuples = ({
  object,
  workspaceId,
  isPrivate,
}: {
  readonly object: ContentObject;
  readonly workspaceId: string;
  readonly isPrivate: boolean;
}): readonly Tuple[] => {
  const subject = `workspace:${workspaceId}` as const;
  const place: Tuple = { subject, relation: 'workspace', object };
  return isPrivate ? [place] : [place, { subject, relation: 'audience', object }];
};
