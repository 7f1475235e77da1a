/** One line of a file of content, checked for its form only. */
export type ImportRow = {
  /** In the file, from 1. */
  readonly line: number;
  readonly app: string;
  readonly kind: string;
  readonly id: string;
  /** Slug or id. */
  readonly account: string;
  readonly title?: string | undefined;
  readonly private?: boolean | undefined;
  /** Name or id, within the account; its default workspace when absent. */
  readonly workspace?: string | undefined;
  /** User name, verified e-mail or id; whoever made the account when absent. */
  readonly created_by?: string | undefined;
};

export const importRefusals = [
  'unreadable',
  'bad_field',
  'bad_id',
  'repeated_in_file',
  'unknown_account',
  'inactive_account',
  'unknown_workspace',
  'unknown_person',
  'other_account',
  'pending_effect',
] as const;

export type ImportRefusal = (typeof importRefusals)[number];

/** What became of a line; in a dry run, what would become of it. `unchanged`: the same account has it already. */
export type RowVerdict =
  | { readonly line: number; readonly kind: 'created' | 'unchanged' }
  | { readonly line: number; readonly kind: 'refused'; readonly reason: ImportRefusal; readonly message: string };

export type ImportAsked = { readonly dryRun: boolean; readonly rows: readonly ImportRow[] };

/** Of one request, which is one transaction: short enough that other requests do not feel it. */
export const importRowsMax = 200;
