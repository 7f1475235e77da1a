import type { Queries } from '@gatehouse/db/client';
import { newId } from '@gatehouse/db/ids';
import { memberships } from '@gatehouse/db/schema/memberships';
import type { Role } from '@gatehouse/db/schema/memberships';
import type { Tuple } from '@gatehouse/policies/engine/engine';

export type NewMember = Pick<typeof memberships.$inferInsert, 'source'> & {
  readonly accountId: string;
  readonly userId: string;
  readonly role: Role;
};

/** The membership row; the answer is its tuple, which the caller writes in the same transaction. */
export const addMember = async (tx: Queries, member: NewMember): Promise<readonly Tuple[]> => {
  await tx.insert(memberships).values({ id: newId('mem'), ...member });
  return [{ subject: `user:${member.userId}`, relation: member.role, object: `organization:${member.accountId}` }];
};
