import { and, asc, eq, gt, inArray, like, or, sql } from 'drizzle-orm';
import type { Database, Queries } from './client.ts';
import { tuple } from './schema/tuple.ts';

type Ref = `${string}:${string}`;

/** `user:usr_… viewer organization:acc_…`; the subject may be a userset (`team:tem_…#member`) or `user:*`. */
export type StoredTuple = { readonly subject: Ref; readonly relation: string; readonly object: Ref };

export type TupleChange = { readonly writes: readonly StoredTuple[]; readonly deletes: readonly StoredTuple[] };

/** The change cannot be applied, and no part of it was. `tuple` is the first one that stands in the way. */
export class TupleConflict extends Error {
  readonly kind: 'already-stored' | 'not-stored' | 'malformed';
  readonly tuple: StoredTuple;
  constructor(kind: TupleConflict['kind'], conflicting: StoredTuple) {
    super(`${conflicting.subject} ${conflicting.relation} ${conflicting.object}: ${kind}`);
    this.name = 'TupleConflict';
    this.kind = kind;
    this.tuple = conflicting;
  }
}

export type TupleStore = {
  /** Every tuple in the order of writing. Not one snapshot: nothing may be committed while it runs. */
  readonly load: () => AsyncIterable<readonly StoredTuple[]>;
  /** Resolves after COMMIT with the revision that now stands; rejects and changes nothing otherwise. */
  readonly commit: (change: TupleChange) => Promise<string>;
};

// 500 rows of six columns stay far below the 65,535 parameters that a statement may have.
const rowsPerStatementMax = 500;

export const tupleStore = (
  database: Pick<Database, 'db' | 'transaction'>,
  { pageSize = 5_000 }: { readonly pageSize?: number } = {},
): TupleStore => ({
  load: () => pages(database.db, pageSize),
  commit: (change) => database.transaction((tx) => writeTuples(tx, change)),
});

/**
 * Deletes, then inserts, as part of the caller's transaction, which has to fail when this throws `TupleConflict`.
 * Returns the revision: the transaction's id, a decimal number that rises from one commit to the next.
 */
export const writeTuples = async (tx: Queries, { writes, deletes }: TupleChange): Promise<string> => {
  for (const chunk of chunks(deletes)) await deleteAll(tx, chunk);
  for (const chunk of chunks(writes)) await insertAll(tx, chunk);
  const [row] = await tx.select({ revision: sql<string>`pg_current_xact_id()::text` }).from(sql`(values (1)) as one`);
  if (row === undefined) throw new Error('the transaction has no id');
  return row.revision;
};

const deleteAll = async (tx: Queries, tuples: readonly StoredTuple[]): Promise<void> => {
  const matches = tuples.map(columnsOf).map((key) => and(...keyColumns.map((name) => eq(tuple[name], key[name]))));
  const deleted = await tx
    .delete(tuple)
    .where(or(...matches))
    .returning(key);
  refuseUnless(tuples, deleted, 'not-stored');
};

const insertAll = async (tx: Queries, tuples: readonly StoredTuple[]): Promise<void> => {
  const inserted = await tx.insert(tuple).values(tuples.map(columnsOf)).onConflictDoNothing().returning(key);
  refuseUnless(tuples, inserted, 'already-stored');
};

/** A tuple given twice counts like one that is stored already, or no longer. */
const refuseUnless = (given: readonly StoredTuple[], done: readonly Columns[], kind: TupleConflict['kind']): void => {
  if (given.length === done.length) return;
  const left = new Set(done.map((columns) => textOf(tupleOf(columns))));
  for (const one of given) if (!left.delete(textOf(one))) throw new TupleConflict(kind, one);
};

/** Every tuple on the content with this id and on its versions, `content_version:<id>@…`, in the order of writing. */
export const tuplesOfContent = (db: Queries, id: string): Promise<readonly StoredTuple[]> => tuplesOfContents(db, [id]);

/** The same for several, in one statement. */
export const tuplesOfContents = async (db: Queries, ids: readonly string[]): Promise<readonly StoredTuple[]> => {
  if (ids.length === 0) return [];
  const ofVersions = ids.map((id) => like(tuple.objectId, `${id.replaceAll(/[\\%_]/g, '\\$&')}@%`));
  const rows = await db
    .select(key)
    .from(tuple)
    .where(
      or(
        and(eq(tuple.objectType, 'content'), inArray(tuple.objectId, [...ids])),
        and(eq(tuple.objectType, 'content_version'), or(...ofVersions)),
      ),
    )
    .orderBy(asc(tuple.seq));
  return rows.map(tupleOf);
};

async function* pages(db: Queries, pageSize: number): AsyncIterable<readonly StoredTuple[]> {
  let after = 0;
  for (;;) {
    const rows = await db
      .select({ ...key, seq: tuple.seq })
      .from(tuple)
      .where(gt(tuple.seq, after))
      .orderBy(asc(tuple.seq))
      .limit(pageSize);
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows.map(tupleOf);
    after = last.seq;
  }
}

const keyColumns = ['objectType', 'objectId', 'relation', 'subjectType', 'subjectId', 'subjectRelation'] as const;

const key = {
  objectType: tuple.objectType,
  objectId: tuple.objectId,
  relation: tuple.relation,
  subjectType: tuple.subjectType,
  subjectId: tuple.subjectId,
  subjectRelation: tuple.subjectRelation,
};

type Columns = Readonly<Record<(typeof keyColumns)[number], string>>;

const subjectForm = /^([^:#]+):([^#]+)(?:#([^#]+))?$/;
const objectForm = /^([^:#]+):([^#]+)$/;

const columnsOf = (stored: StoredTuple): Columns => {
  const [, objectType, objectId] = objectForm.exec(stored.object) ?? [];
  const [, subjectType, subjectId, subjectRelation = ''] = subjectForm.exec(stored.subject) ?? [];
  const { relation } = stored;
  if (!objectType || !objectId || !subjectType || !subjectId || relation === '')
    throw new TupleConflict('malformed', stored);
  return { objectType, objectId, relation, subjectType, subjectId, subjectRelation };
};

const tupleOf = (columns: Columns): StoredTuple => ({
  subject: `${columns.subjectType}:${columns.subjectId}${columns.subjectRelation && `#${columns.subjectRelation}`}`,
  relation: columns.relation,
  object: `${columns.objectType}:${columns.objectId}`,
});

const textOf = ({ subject, relation, object }: StoredTuple): string => `${subject} ${relation} ${object}`;

const chunks = (tuples: readonly StoredTuple[]): readonly (readonly StoredTuple[])[] =>
  Array.from({ length: Math.ceil(tuples.length / rowsPerStatementMax) }, (_, at) =>
    tuples.slice(at * rowsPerStatementMax, (at + 1) * rowsPerStatementMax),
  );
