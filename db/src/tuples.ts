import type { Database, Queries } from './client.ts';

type Ref = `${string}:${string}`;

/** `user:usr_… viewer organization:acc_…` */
export type StoredTuple = { readonly subject: Ref; readonly relation: string; readonly object: Ref };

export type TupleChange = { readonly writes: readonly StoredTuple[]; readonly deletes: readonly StoredTuple[] };

/** The change was not applied at all. `tuple` is the first one that stood in the way. */
export class TupleConflict extends Error {
  readonly kind: 'already-stored' | 'not-stored' | 'malformed';
  readonly tuple: StoredTuple;
  constructor(kind: TupleConflict['kind'], tuple: StoredTuple) {
    super(`${tuple.subject} ${tuple.relation} ${tuple.object}: ${kind}`);
    this.name = 'TupleConflict';
    this.kind = kind;
    this.tuple = tuple;
  }
}

export type TupleStore = {
  readonly load: () => AsyncIterable<readonly StoredTuple[]>;
  readonly commit: (change: TupleChange) => Promise<string>;
};

export declare const tupleStore: (database: Pick<Database, 'db' | 'transaction'>) => TupleStore;

/** Within a transaction of the caller's; throws `TupleConflict`, and the transaction must then fail. */
export declare const writeTuples: (tx: Queries, change: TupleChange) => Promise<string>;
