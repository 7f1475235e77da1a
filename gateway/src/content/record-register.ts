import { and, eq } from 'drizzle-orm';
import { appendAudit } from '@gatehouse/db/audit';
import type { Database, Queries } from '@gatehouse/db/client';
import { accounts } from '@gatehouse/db/schema/accounts';
import { contents } from '@gatehouse/db/schema/contents';
import { workspaces } from '@gatehouse/db/schema/workspaces';
import { tuplesOfContent, writeTuples } from '@gatehouse/db/tuples';
import type { EmbeddedEngine, Mutated, RefusalOf } from '@gatehouse/policies/engine/embedded/embedded';
import type { Tuple, TupleChange } from '@gatehouse/policies/engine/engine';
import { tupleText } from '@gatehouse/policies/engine/tuple-text';
import type { RegisterEffect } from './content-effect.ts';
import { placeTuples } from './register-content.ts';

export type RecordingParts = {
  readonly database: Pick<Database, 'transaction'>;
  readonly mutate: EmbeddedEngine['mutate'];
  readonly now: () => Date;
};

export type RegisterRecorded =
  /** `isNew`: false when it stood there already, in the same account; then nothing was written. */
  | { readonly kind: 'registered'; readonly isNew: boolean }
  /** Another account's. Nothing was written. */
  | { readonly kind: 'already-registered'; readonly accountId: string }
  /** Nothing was written, and the same again would not help. */
  | { readonly kind: 'refused'; readonly message: string };

/**
 * Registry row, tuples and audit row in one transaction; in force when it resolves. Rejects, with nothing written, when
 * the database does.
 */
export const recordRegister =
  ({ database, mutate, now }: RecordingParts) =>
  (effect: RegisterEffect): Promise<RegisterRecorded> =>
    mutate((refusalOf) => database.transaction((tx) => record(tx, effect, refusalOf, now())));

const record = async (
  tx: Queries,
  effect: RegisterEffect,
  refusalOf: RefusalOf,
  now: Date,
): Promise<Mutated<RegisterRecorded>> => {
  // Also keeps the account as it is until the end of the transaction.
  const place = await placeIn(tx, effect.accountId);
  const holder = await holderOf(tx, effect);
  if (holder === effect.accountId) return { result: { kind: 'registered', isNew: false } };
  if (holder !== undefined) return { result: { kind: 'already-registered', accountId: holder } };
  if (place.kind === 'refused') return { result: place };
  const change = await changeFor(tx, effect, place.workspaceId);
  const refusal = refusalOf(change);
  if (refusal !== undefined) return { result: { kind: 'refused', message: refusal.message } };
  const winner = await inserted(tx, effect, place.workspaceId);
  if (winner !== undefined) return { result: winner };
  const revision = await writeTuples(tx, change);
  await appendAudit(tx, effect.accountId, [auditOf(effect, place.workspaceId, change, now)]);
  return { result: { kind: 'registered', isNew: true }, committed: { change, revision } };
};

type Place = { readonly kind: 'place'; readonly workspaceId: string } | { readonly kind: 'refused'; message: string };

const placeIn = async (tx: Queries, accountId: string): Promise<Place> => {
  const [row] = await tx
    .select({ status: accounts.status, workspaceId: workspaces.id })
    .from(accounts)
    .leftJoin(workspaces, and(eq(workspaces.accountId, accounts.id), workspaces.isDefault))
    .where(eq(accounts.id, accountId))
    .for('no key update', { of: accounts });
  if (row === undefined) return { kind: 'refused', message: `there is no account ${accountId}` };
  if (row.status !== 'active') return { kind: 'refused', message: `the account ${accountId} is ${row.status}` };
  if (row.workspaceId === null)
    return { kind: 'refused', message: `the account ${accountId} has no default workspace` };
  return { kind: 'place', workspaceId: row.workspaceId };
};

const idOf = ({ object }: Pick<RegisterEffect, 'object'>): string => object.slice('content:'.length);

const holderOf = async (tx: Queries, effect: RegisterEffect): Promise<string | undefined> => {
  const [row] = await tx
    .select({ accountId: contents.accountId })
    .from(contents)
    .where(eq(contents.id, idOf(effect)));
  return row?.accountId;
};

/** Undefined when the row is this one's; else what another replica has made of the same id in between. */
const inserted = async (
  tx: Queries,
  effect: RegisterEffect,
  workspaceId: string,
): Promise<RegisterRecorded | undefined> => {
  const { accountId, app, contentKind, externalId, title, isPrivate, actor, at } = effect;
  const createdBy = actor.subject.slice(actor.subject.indexOf(':') + 1);
  const rows = await tx
    .insert(contents)
    .values({
      id: idOf(effect),
      accountId,
      workspaceId,
      app,
      kind: contentKind,
      externalId,
      title: title ?? null,
      isPrivate,
      createdBy,
      createdAt: new Date(at),
    })
    .onConflictDoNothing()
    .returning({ id: contents.id });
  if (rows.length === 1) return undefined;
  const holder = await holderOf(tx, effect);
  if (holder === undefined) throw new Error(`${effect.object} was registered and forgotten at the same time`);
  return holder === accountId
    ? { kind: 'registered', isNew: false }
    : { kind: 'already-registered', accountId: holder };
};

/** New content inherits nothing: tuples that are left of an earlier object with its id go. */
const changeFor = async (tx: Queries, effect: RegisterEffect, workspaceId: string): Promise<TupleChange> => {
  const { object, isPrivate } = effect;
  const wanted = [...placeTuples({ object, workspaceId, isPrivate }), ...grantOf(effect)];
  const left = await tuplesOfContent(tx, idOf(effect));
  return { writes: missingIn(left, wanted), deletes: missingIn(wanted, left) };
};

const missingIn = (there: readonly Tuple[], wanted: readonly Tuple[]): readonly Tuple[] => {
  const texts = new Set(there.map(tupleText));
  return wanted.filter((tuple) => !texts.has(tupleText(tuple)));
};

/** Owners are people, so that they stay countable: a machine becomes maintainer. */
const grantOf = ({ granting, actor, object }: RegisterEffect): readonly Tuple[] => {
  if (granting === undefined) return [];
  const isPerson = actor.subject.startsWith('user:');
  return [{ subject: actor.subject as Tuple['subject'], relation: isPerson ? granting : 'maintainer', object }];
};

const auditOf = (effect: RegisterEffect, workspaceId: string, change: TupleChange, now: Date) => ({
  time: now,
  actor: effect.actor.subject,
  tokenId: effect.actor.tokenId,
  action: 'content.registered',
  target: effect.object,
  permission: effect.permission,
  ip: effect.ip,
  requestId: effect.requestId,
  ...(change.deletes.length === 0 ? {} : { before: { tuples: change.deletes.map(tupleText) } }),
  after: { title: effect.title ?? null, workspaceId, tuples: change.writes.map(tupleText) },
});
