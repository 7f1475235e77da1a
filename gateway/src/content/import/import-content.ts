import { inArray } from 'drizzle-orm';
import { appendAudit } from '@gatehouse/db/audit';
import type { Queries } from '@gatehouse/db/client';
import { contents } from '@gatehouse/db/schema/contents';
import { tuplesOfContents, writeTuples } from '@gatehouse/db/tuples';
import type { Mutated } from '@gatehouse/policies/engine/embedded/embedded';
import type { Tuple, TupleChange } from '@gatehouse/policies/engine/engine';
import { tupleText } from '@gatehouse/policies/engine/tuple-text';
import { contentId, contentObject } from '../content-name.ts';
import type { ContentObject } from '../content-name.ts';
import type { RecordingParts } from '../record-register.ts';
import { placeTuples } from '../register-content.ts';
import type { ImportAsked, ImportRow, RowVerdict } from './import-shapes.ts';
import { placesFor } from './import-places.ts';
import type { Place } from './import-places.ts';

type Parts = RecordingParts & {
  /** Something is yet to be recorded for it: what that leaves is not known. */
  readonly isPending: (object: ContentObject) => boolean;
};

export type ImportContent = (asked: ImportAsked) => Promise<readonly RowVerdict[]>;

/**
 * Registers content that existed before, all rows in one transaction; a row that is refused leaves the others alone.
 * Rejects, with nothing written, when the database refuses. The same rows again are `unchanged`.
 */
export const importContent =
  ({ database, mutate, now, isPending }: Parts): ImportContent =>
  ({ dryRun, rows }) =>
    mutate<readonly RowVerdict[]>((refusalOf) =>
      database.transaction(async (tx) => {
        const plan = await planFor(tx, rows, isPending);
        if (dryRun || plan.wanted.length === 0) return { result: plan.verdicts };
        const change = await changeFor(tx, plan.wanted);
        const refusal = refusalOf(change);
        if (refusal !== undefined) throw new Error(`the model does not take imported content: ${refusal.message}`);
        return written(tx, plan, change, now());
      }),
    );

type Wanted = { readonly row: ImportRow; readonly id: string; readonly place: Place };
type Plan = { readonly verdicts: readonly RowVerdict[]; readonly wanted: readonly Wanted[] };

const planFor = async (tx: Queries, rows: readonly ImportRow[], isPending: Parts['isPending']): Promise<Plan> => {
  const find = placesFor(tx);
  const holders = await holdersOf(tx, rows.map(idOf));
  const wanted: Wanted[] = [];
  const verdicts: RowVerdict[] = [];
  for (const row of rows) {
    const found = await find(row);
    const verdict = found.kind === 'refused' ? found : verdictOn(row, found, holders, isPending);
    verdicts.push(verdict);
    if (found.kind === 'refused' || verdict.kind !== 'created') continue;
    wanted.push({ row, id: idOf(row), place: found });
    holders.set(idOf(row), found.accountId);
  }
  return { verdicts, wanted };
};

const idOf = ({ app, kind, id }: ImportRow): string => contentId({ app, kind, externalId: id });

const verdictOn = (
  row: ImportRow,
  { accountId }: Place,
  holders: ReadonlyMap<string, string>,
  isPending: Parts['isPending'],
): RowVerdict => {
  const { line } = row;
  const holder = holders.get(idOf(row));
  if (holder === accountId) return { line, kind: 'unchanged' };
  if (holder !== undefined)
    return { line, kind: 'refused', reason: 'other_account', message: 'it belongs to another account' };
  if (!isPending(`content:${idOf(row)}`)) return { line, kind: 'created' };
  const message = 'something is yet to be recorded for it; `gatehouse effects list` shows what';
  return { line, kind: 'refused', reason: 'pending_effect', message };
};

const holdersOf = async (tx: Queries, ids: readonly string[]): Promise<Map<string, string>> => {
  const rows = await tx
    .select({ id: contents.id, accountId: contents.accountId })
    .from(contents)
    .where(inArray(contents.id, [...ids]));
  return new Map(rows.map(({ id, accountId }) => [id, accountId]));
};

/** Imported content inherits nothing from an earlier object with its id, like any other. */
const changeFor = async (tx: Queries, wanted: readonly Wanted[]): Promise<TupleChange> => {
  const left = await tuplesOfContents(
    tx,
    wanted.map(({ id }) => id),
  );
  const writes = wanted.flatMap(({ row, place: { workspaceId } }) =>
    placeTuples({
      object: contentObject({ app: row.app, kind: row.kind, externalId: row.id }),
      workspaceId,
      isPrivate: row.private === true,
    }),
  );
  return { writes: without(writes, left), deletes: without(left, writes) };
};

const without = (tuples: readonly Tuple[], others: readonly Tuple[]): readonly Tuple[] => {
  const texts = new Set(others.map(tupleText));
  return tuples.filter((tuple) => !texts.has(tupleText(tuple)));
};

const written = async (
  tx: Queries,
  { verdicts, wanted }: Plan,
  change: TupleChange,
  now: Date,
): Promise<Mutated<readonly RowVerdict[]>> => {
  await tx.insert(contents).values(
    wanted.map(({ row, id, place }) => ({
      id,
      accountId: place.accountId,
      workspaceId: place.workspaceId,
      app: row.app,
      kind: row.kind,
      externalId: row.id,
      title: row.title ?? null,
      isPrivate: row.private === true,
      createdBy: place.createdBy,
      createdAt: now,
    })),
  );
  const revision = await writeTuples(tx, change);
  // In the order of ids, as whoever else locks several accounts.
  const accounts = Map.groupBy(wanted, ({ place }) => place.accountId);
  for (const [accountId, own] of [...accounts].toSorted(([left], [right]) => (left < right ? -1 : 1)))
    await appendAudit(tx, accountId, [
      {
        time: now,
        actor: 'system:operator',
        action: 'content.imported',
        target: `organization:${accountId}`,
        after: { contents: own.map(({ id }) => id) },
      },
    ]);
  return { result: verdicts, committed: { change, revision } };
};
