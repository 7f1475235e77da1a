/**
 * An authorization model in the JSON that OpenFGA's API takes and gives (schema 1.1 and 1.2).
 * Only the fields that decide something are named here; the rest (`id`, `source_info` …) passes through.
 */
export type ModelJson = {
  readonly schema_version: string;
  readonly type_definitions: readonly TypeJson[];
  readonly conditions?: Readonly<Record<string, unknown>>;
};

export type TypeJson = {
  readonly type: string;
  readonly relations?: Readonly<Record<string, UsersetJson>>;
  readonly metadata?: {
    readonly module?: string;
    readonly relations?: Readonly<Record<string, RelationMetadataJson>>;
  } | null;
};

export type RelationMetadataJson = {
  readonly module?: string;
  readonly directly_related_user_types?: readonly RestrictionJson[];
};

export type RestrictionJson = {
  readonly type: string;
  readonly relation?: string;
  readonly wildcard?: Readonly<Record<string, never>>;
  readonly condition?: string;
};

/** Exactly one field is present. */
export type UsersetJson = {
  readonly this?: Readonly<Record<string, never>>;
  readonly computedUserset?: { readonly relation: string };
  readonly tupleToUserset?: {
    readonly tupleset: { readonly relation: string };
    readonly computedUserset: { readonly relation: string };
  };
  readonly union?: { readonly child: readonly UsersetJson[] };
  readonly intersection?: { readonly child: readonly UsersetJson[] };
  readonly difference?: { readonly base: UsersetJson; readonly subtract: UsersetJson };
};
