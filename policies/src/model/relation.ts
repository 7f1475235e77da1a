/** Who may stand in a tuple of a relation: `user`, `user:*` or `team#member`. */
export type Restriction =
  | { readonly kind: 'object'; readonly type: string }
  | { readonly kind: 'wildcard'; readonly type: string }
  | { readonly kind: 'userset'; readonly type: string; readonly relation: string };

/** How a relation is made: from its own tuples, from other relations, or through parents (`owner from organization`). */
export type Rewrite =
  | { readonly kind: 'direct' }
  | { readonly kind: 'computed'; readonly relation: string }
  | { readonly kind: 'parents'; readonly tupleset: string; readonly relation: string }
  | { readonly kind: 'union'; readonly of: readonly Rewrite[] }
  | { readonly kind: 'intersection'; readonly of: readonly Rewrite[] }
  | { readonly kind: 'exclusion'; readonly base: Rewrite; readonly subtract: Rewrite };

/** Permissions are the relations that gateway and API ask; the others are roles and facts that they are made of. */
export const isPermission = (relation: string): boolean => relation.startsWith('can_');

export type Relation = {
  readonly type: string;
  readonly name: string;
  readonly rewrite: Rewrite;
  /** Empty exactly when nobody can be written to the relation. */
  readonly restrictions: readonly Restriction[];
  /**
   * True when the relation points at one parent: it takes tuples only, of plain objects of a single type, and bears
   * that type's name (`define workspace: [workspace]`). The chain that `within` follows is made of these.
   */
  readonly isParent: boolean;
};
