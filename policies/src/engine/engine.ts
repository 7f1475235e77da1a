/**
 * `type:id`, `type:id#relation` (a userset) or `type:*` (everybody of that type). At most 256 characters as an object
 * and 512 as a subject; in ASCII, which ids are, that is OpenFGA's bound in bytes.
 */
export type Ref = `${string}:${string}`;

/** One stored fact, in the order it is read aloud: `user:bob viewer organization:acme`. */
export type Tuple = { readonly subject: Ref; readonly relation: string; readonly object: Ref };

/**
 * One question. `fast` may be answered from a cache whose bound is stated; `fresh` never is.
 * Gateway and API ask only `can_*` relations about concrete subjects.
 */
export type Query = {
  readonly subject: Ref;
  readonly relation: string;
  readonly object: Ref;
  readonly consistency: 'fast' | 'fresh';
};

/** OpenFGA's symbolic error names, plus `unavailable` for "no answer could be had". */
export type EngineErrorCode =
  | 'validation_error'
  | 'authorization_model_resolution_too_complex'
  | 'invalid_write_input'
  | 'cannot_allow_duplicate_tuples_in_one_request'
  | 'write_failed_due_to_invalid_input'
  | 'exceeded_entity_limit'
  | 'unavailable';

/** `failed` is never allowed and never cached. `revision` names the state of the tuples the answer was read from. */
export type Decision =
  | { readonly verdict: 'allowed' | 'denied'; readonly revision: string }
  | { readonly verdict: 'failed'; readonly code: EngineErrorCode; readonly message: string };

/** One hop of the path that decided. `tuple` is absent for a hop that the model alone makes (a computed relation). */
export type Step = {
  readonly object: Ref;
  readonly relation: string;
  readonly by: 'tuple' | 'wildcard' | 'userset' | 'computed' | 'parent' | 'self';
  readonly tuple?: Tuple;
};

/** `path` leads from the question to the tuple that allowed it; `excludedBy` to the tuple that a `but not` subtracted. Both may be empty. */
export type Explanation = {
  readonly decision: Decision;
  readonly path: readonly Step[];
  readonly excludedBy: readonly Step[];
};

/** Absent fields match everything; at least `object`'s type is given. An object of the form `type:` matches all of that type. */
export type TupleFilter = { readonly object: Ref; readonly relation?: string; readonly subject?: Ref };

export type TupleChange = { readonly writes: readonly Tuple[]; readonly deletes: readonly Tuple[] };

export type Written =
  | { readonly kind: 'written'; readonly revision: string }
  | { readonly kind: 'refused'; readonly code: EngineErrorCode; readonly message: string };

/** The hot path has no promise to wait for when the engine is embedded; callers `await` either way. */
export type Awaitable<T> = T | Promise<T>;

/** The one authority on who may do what. Every implementation passes `policies/test/engine.contract.ts`. */
export type Engine = {
  /** Never throws for a bad question: that is a `failed` decision with OpenFGA's code. */
  readonly check: (query: Query) => Awaitable<Decision>;
  /** Answers in the order of the questions; one failed question does not fail its neighbours. */
  readonly checkMany: (queries: readonly Query[]) => Awaitable<readonly Decision[]>;
  /** The same decision as `check`, with the way that led to it. Slower: for people, not for requests. */
  readonly explain: (query: Query) => Awaitable<Explanation>;
  /** Stored tuples as they stand, not checked against the model; in order of writing. */
  readonly read: (filter: TupleFilter) => Awaitable<readonly Tuple[]>;
  /** All or nothing, at most 100 tuples, deletes first. In force for every question asked after it resolves. */
  readonly write: (change: TupleChange) => Promise<Written>;
};

/** Where the embedded engine's tuples are kept. `db` has functions of this shape; the gateway joins the two. */
export type TupleStore = {
  /** Every stored tuple in order of writing, in pages, so that loading can show progress. */
  readonly load: () => AsyncIterable<readonly Tuple[]>;
  /** Resolves after COMMIT with the revision that now stands; rejects and changes nothing otherwise. */
  readonly commit: (change: TupleChange) => Promise<string>;
};
