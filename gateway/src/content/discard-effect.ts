import { eq } from 'drizzle-orm';
import { appendAudit } from '@gatehouse/db/audit';
import type { Database } from '@gatehouse/db/client';
import { accounts } from '@gatehouse/db/schema/accounts';
import type { ContentEffect } from './content-effect.ts';
import type { EffectQueue } from './effect-queue.ts';

export type Discarded =
  | { readonly kind: 'discarded' }
  | { readonly kind: 'not-found' }
  /** It is being recorded right now. */
  | { readonly kind: 'running' };

type Parts = {
  readonly database: Pick<Database, 'transaction'>;
  readonly queue: Pick<EffectQueue<ContentEffect, unknown>, 'list' | 'discard'>;
  readonly now: () => Date;
};

/** An operator's decision that something shall not be recorded; it stands in the account's audit chain before it is in force. Rejects when it cannot. */
export const discardEffect =
  ({ database, queue, now }: Parts) =>
  async (id: string): Promise<Discarded> => {
    const found = queue.list().find(({ item }) => item.id === id);
    if (found === undefined) return { kind: 'not-found' };
    if (found.state === 'running') return { kind: 'running' };
    const { item } = found;
    await database.transaction(async (tx) => {
      // Without an account there is no chain to append to, and the effect has to go all the same.
      if ((await tx.$count(accounts, eq(accounts.id, item.accountId))) === 0) return;
      await appendAudit(tx, item.accountId, [
        {
          time: now(),
          actor: 'system:operator',
          action: 'content.effect_discarded',
          target: item.object,
          before: item,
        },
      ]);
    });
    return queue.discard(id) ? { kind: 'discarded' } : { kind: 'running' };
  };
