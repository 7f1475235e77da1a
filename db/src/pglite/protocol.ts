export type Call =
  | {
      readonly op: 'query';
      readonly sql: string;
      readonly params: readonly unknown[];
      readonly rowMode: 'array' | 'object';
    }
  | { readonly op: 'exec'; readonly sql: string }
  | { readonly op: 'close' };

/** `id` pairs a call with its answer; 0 is the opening, which nobody has to ask for. The worker answers in the order of the calls. */
export type Request = Call & { readonly id: number };

/** One statement's outcome. `command` is the server's own tag: a COMMIT that was answered with `ROLLBACK` committed nothing. */
export type Result = {
  readonly rows: readonly unknown[];
  readonly fields: readonly { readonly name: string; readonly dataTypeID: number }[];
  readonly affectedRows?: number;
  readonly command?: string;
};

/** The fields of PostgreSQL's error message that survive the way between threads; `code` is the SQLSTATE. */
export type SqlFailure = {
  readonly message: string;
  readonly code?: string;
  readonly severity?: string;
  readonly detail?: string;
  readonly hint?: string;
  readonly table?: string;
  readonly column?: string;
  readonly constraint?: string;
  /** The operating system's error number in WASI's numbering, where the file system itself refused. */
  readonly errno?: number;
};

export type Message =
  | { readonly kind: 'results'; readonly id: number; readonly results: readonly Result[] }
  | { readonly kind: 'failed'; readonly id: number; readonly failure: SqlFailure }
  /** PostgreSQL gave up in the middle of its work; the thread is ending. */
  | { readonly kind: 'aborted'; readonly log: readonly string[] };

/** PostgreSQL refused a statement; found as `cause` of drizzle's error. Field names are those of PGlite. */
export class SqlError extends Error {
  readonly code: string | undefined;
  readonly severity: string | undefined;
  readonly detail: string | undefined;
  readonly constraint: string | undefined;
  readonly table: string | undefined;
  readonly column: string | undefined;
  readonly errno: number | undefined;
  constructor(failure: SqlFailure) {
    super(failure.message);
    this.name = 'SqlError';
    this.code = failure.code;
    this.severity = failure.severity;
    this.detail = failure.detail;
    this.constraint = failure.constraint;
    this.table = failure.table;
    this.column = failure.column;
    this.errno = failure.errno;
  }
}

/** The database is gone: every call from now on fails with this, and the process has to end. */
export class DatabaseDied extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DatabaseDied';
  }
}
