import type { Connection } from './connection.ts';

export type Maintenance = {
  /** Does what is due. Resolves with whether anything was. */
  readonly run: () => Promise<boolean>;
  readonly stop: () => void;
};

const everyMs = 60_000;
const writtenBytesMax = 16 * 1024 * 1024;

/**
 * PGlite is PostgreSQL in single-user mode: no checkpointer and no autovacuum run beside it. Without this its log grows
 * until the process ends, the next start replays all of it, and deleted rows are never reused.
 */
export const maintenance = (
  connection: Connection,
  limits: { readonly everyMs?: number; readonly writtenBytesMax?: number } = {},
): Maintenance => {
  const run = () =>
    connection.alone(async ({ query, exec }) => {
      const { rows } = await query(
        'select pg_current_wal_insert_lsn() - redo_lsn as written from pg_control_checkpoint()',
      );
      if (writtenBytes(rows[0]) < (limits.writtenBytesMax ?? writtenBytesMax)) return false;
      await exec('vacuum analyze');
      await exec('checkpoint');
      return true;
    });
  // A failure here is a full disk or a dead database: the next write meets it too and reports it.
  const timer = setInterval(() => void run().catch(() => undefined), limits.everyMs ?? everyMs).unref();
  return { run, stop: () => clearInterval(timer) };
};

const writtenBytes = (row: unknown): number =>
  typeof row === 'object' && row !== null && 'written' in row ? Number(row.written) : 0;
