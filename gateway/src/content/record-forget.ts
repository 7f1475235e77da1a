import { eq } from 'drizzle-orm';
import { appendAudit } from '@gatehouse/db/audit';
import type { AuditEvent } from '@gatehouse/db/audit';
import type { Queries } from '@gatehouse/db/client';
import { accounts } from '@gatehouse/db/schema/accounts';
import { contents } from '@gatehouse/db/schema/contents';
import { tuplesOfContent, writeTuples } from '@gatehouse/db/tuples';
import type { Mutated } from '@gatehouse/policies/engine/embedded/embedded';
import type { Tuple } from '@gatehouse/policies/engine/engine';
import { tupleText } from '@gatehouse/policies/engine/tuple-text';
import type { ForgetEffect } from './content-effect.ts';
import type { RecordingParts } from './record-register.ts';

/** `existed`: false when nothing was known of it; then nothing was written. */
export type ForgetRecorded = { readonly kind: 'forgotten'; readonly existed: boolean };

/**
 * Takes away the registry row and every tuple on the content and its versions, grants included, with an audit row, in
 * one transaction; in force when it resolves. Rejects, with nothing written, when the database does.
 */
export const recordForget =
  ({ database, mutate, now }: RecordingParts) =>
  (effect: ForgetEffect): Promise<ForgetRecorded> =>
    mutate<ForgetRecorded>(() =>
      database.transaction(async (tx): Promise<Mutated<ForgetRecorded>> => {
        const id = effect.object.slice('content:'.length);
        const row = await lockedRow(tx, id);
        const deletes = await tuplesOfContent(tx, id);
        if (row === undefined && deletes.length === 0) return { result: { kind: 'forgotten', existed: false } };
        await tx.delete(contents).where(eq(contents.id, id));
        const change = { writes: [], deletes };
        const revision = await writeTuples(tx, change);
        await appendAudit(tx, row?.accountId ?? effect.accountId, [auditOf(effect, row, deletes, now())]);
        return { result: { kind: 'forgotten', existed: true }, committed: { change, revision } };
      }),
    );

type Row = typeof contents.$inferSelect;

/** The account is locked before its content, as everywhere. */
const lockedRow = async (tx: Queries, id: string): Promise<Row | undefined> => {
  const isIt = eq(contents.id, id);
  const [known] = await tx.select({ accountId: contents.accountId }).from(contents).where(isIt);
  if (known === undefined) return undefined;
  await tx.select({ id: accounts.id }).from(accounts).where(eq(accounts.id, known.accountId)).for('no key update');
  const [row] = await tx.select().from(contents).where(isIt).for('update');
  return row;
};

const auditOf = (effect: ForgetEffect, row: Row | undefined, tuples: readonly Tuple[], now: Date): AuditEvent => ({
  time: now,
  actor: effect.actor.subject,
  tokenId: effect.actor.tokenId,
  action: 'content.forgotten',
  target: effect.object,
  permission: effect.permission,
  ip: effect.ip,
  requestId: effect.requestId,
  before: {
    ...(row === undefined
      ? {}
      : {
          title: row.title,
          workspaceId: row.workspaceId,
          createdBy: row.createdBy,
          createdAt: row.createdAt.toISOString(),
        }),
    tuples: tuples.map(tupleText),
  },
});
