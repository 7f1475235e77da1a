import { contentObject } from '../content-name.ts';
import { importRowsMax } from './import-shapes.ts';
import type { ImportAsked, ImportRefusal, ImportRow, RowVerdict } from './import-shapes.ts';
import { readRows } from './read-rows.ts';
import type { ImportFormat, ReadRow } from './read-rows.ts';
import { seenObjects } from './seen-objects.ts';

export type ImportCounts = {
  readonly rows: number;
  readonly created: number;
  readonly unchanged: number;
  readonly refused: number;
  readonly reasons: Readonly<Partial<Record<ImportRefusal, number>>>;
};

type Parts = {
  readonly chunks: AsyncIterable<Buffer>;
  readonly format: ImportFormat;
  readonly dryRun: boolean;
  readonly importContent: (asked: ImportAsked) => Promise<readonly RowVerdict[]>;
  /** In the order of the file. `object` is absent for a line that names none. */
  readonly onVerdict: (verdict: RowVerdict, object: string | undefined) => Promise<void>;
  readonly onProgress: (rows: number, bytes: number) => void;
};

/**
 * Imports a file row by row in batches, with memory for one batch and a few bytes for each object. Throws
 * `ImportFileRefused` when its header makes no sense, and whatever `importContent` throws: then the batches before it
 * stand, and a second run finds them unchanged.
 */
export const importFile = async (parts: Parts): Promise<ImportCounts> => {
  const counts = { rows: 0, created: 0, unchanged: 0, refused: 0 };
  const reasons: Partial<Record<ImportRefusal, number>> = {};
  let bytes = 0;
  const counted = async function* (): AsyncIterable<Buffer> {
    for await (const chunk of parts.chunks) {
      bytes += chunk.length;
      yield chunk;
    }
  };
  const settle = async (batch: readonly ReadRow[]): Promise<void> => {
    for (const { verdict, object } of await verdictsOn(batch, parts)) {
      counts.rows += 1;
      counts[verdict.kind] += 1;
      if (verdict.kind === 'refused') reasons[verdict.reason] = (reasons[verdict.reason] ?? 0) + 1;
      await parts.onVerdict(verdict, object);
    }
    parts.onProgress(counts.rows, bytes);
  };
  const seen = seenObjects();
  let batch: ReadRow[] = [];
  for await (const read of readRows(counted(), parts.format)) {
    batch.push(read.kind === 'row' ? unlessSeen(read, seen) : read);
    if (batch.length < importRowsMax) continue;
    await settle(batch);
    batch = [];
  }
  await settle(batch);
  return { ...counts, reasons };
};

const objectOf = ({ app, kind, id }: ImportRow): string => contentObject({ app, kind, externalId: id });

const unlessSeen = (read: Extract<ReadRow, { kind: 'row' }>, seen: ReturnType<typeof seenObjects>): ReadRow => {
  const { line } = read.row;
  const earlier = seen.lineOf(objectOf(read.row), line);
  if (earlier === undefined) return read;
  return { kind: 'refused', line, reason: 'repeated_in_file', message: `the same object stands on line ${earlier}` };
};

type Settled = { readonly verdict: RowVerdict; readonly object: string | undefined };

const verdictsOn = async (batch: readonly ReadRow[], { importContent, dryRun }: Parts): Promise<readonly Settled[]> => {
  const rows = batch.flatMap((read) => (read.kind === 'row' ? [read.row] : []));
  const answers = rows.length === 0 ? [] : await importContent({ dryRun, rows });
  const byLine = new Map(answers.map((verdict) => [verdict.line, verdict]));
  return batch.map((read) => {
    if (read.kind === 'refused') return { verdict: read, object: undefined };
    const verdict = byLine.get(read.row.line);
    if (verdict === undefined) throw new Error(`line ${read.row.line} was not answered`);
    return { verdict, object: objectOf(read.row) };
  });
};
