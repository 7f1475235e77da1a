import { createReadStream, statSync } from 'node:fs';
import { extname } from 'node:path';
import { importFile } from '../content/import/import-file.ts';
import type { ImportCounts } from '../content/import/import-file.ts';
import { importRefusals } from '../content/import/import-shapes.ts';
import { ImportFileRefused } from '../content/import/read-rows.ts';
import type { ImportFormat } from '../content/import/read-rows.ts';
import { importReport } from '../content/import/import-report.ts';
import { StartRefused } from '../start-refused.ts';
import { connected } from './connect.ts';
import type { Environment } from './environment.ts';
import { exitCodes } from './exit-codes.ts';
import type { ExitCode } from './exit-codes.ts';
import { progressLine } from './progress-line.ts';
import { sayRefused } from './print.ts';
import { errorStyle, style } from './style.ts';

export type ImportOptions = {
  readonly format?: string | undefined;
  readonly dryRun: boolean;
  readonly report?: string | undefined;
  readonly json: boolean;
};

/** `gatehouse import content`: 1 when a row, or the file, was refused. Run again, it goes on where it ended. */
export const importContentCommand = async (
  environment: Environment,
  file: string,
  { format: given, dryRun, report: reportFile, json }: ImportOptions,
): Promise<ExitCode> => {
  const format = formatOf(file, given);
  if (format === undefined)
    return sayRefused('Say --format jsonl or --format csv: the name of the file does not.', json);
  const found = bytesOf(file);
  if (typeof found === 'string') return sayRefused(found, json);
  return connected(environment, json, async ({ importContent }) => {
    const report = importReport(reportFile);
    const progress = progressLine(process.stderr);
    const refusedRows = json ? undefined : firstRefusals(progress.clear);
    try {
      const counts = await importFile({
        chunks: createReadStream(file),
        format,
        dryRun,
        importContent: async (asked) => {
          const answer = await importContent(asked);
          if (answer.kind === 'refused') throw new StartRefused(answer.message);
          return answer.verdicts;
        },
        onVerdict: async (verdict, object) => {
          refusedRows?.(verdict);
          await report.add({ ...verdict, ...(object === undefined ? {} : { object }) });
        },
        onProgress: (rows, bytes) => progress.show(rows, found.bytes === 0 ? 1 : bytes / found.bytes),
      });
      progress.clear();
      if (json) console.log(JSON.stringify({ dryRun, ...counts }));
      else printCounts(file, counts, dryRun);
      return counts.refused > 0 ? exitCodes.no : exitCodes.yes;
    } catch (error) {
      progress.clear();
      if (!(error instanceof ImportFileRefused)) throw error;
      sayRefused(`${file}: ${error.message}`, json);
      return exitCodes.no;
    } finally {
      await report.close();
    }
  });
};

const formatOf = (file: string, given: string | undefined): ImportFormat | undefined => {
  const named = given ?? extname(file).slice(1).toLowerCase();
  if (named === 'csv') return 'csv';
  return ['jsonl', 'ndjson'].includes(named) ? 'jsonl' : undefined;
};

const bytesOf = (file: string): { readonly bytes: number } | string => {
  try {
    const found = statSync(file);
    return found.isDirectory() ? `${file} is a folder.` : { bytes: found.size };
  } catch (error) {
    return `${file} cannot be read: ${(error as Error).message}`;
  }
};

const shownMax = 20;

/** The first rows that are refused are said at once; a report has them all. */
const firstRefusals = (clear: () => void) => {
  let shown = 0;
  return (verdict: { readonly kind: string; readonly line: number; readonly message?: string }): void => {
    if (verdict.kind !== 'refused' || shown > shownMax) return;
    shown += 1;
    clear();
    if (shown > shownMax) console.error(errorStyle.quiet('… and more; --report FILE lists every row'));
    else console.error(`${errorStyle.bad(`line ${verdict.line}`)}  ${verdict.message}`);
  };
};

const printCounts = (
  file: string,
  { rows, created, unchanged, refused, reasons }: ImportCounts,
  dryRun: boolean,
): void => {
  if (rows === 0) return console.log(`${file} has no rows: nothing to import.`);
  const words = dryRun ? 'would be created' : 'created';
  console.log(`${style.good(`${created} ${words}`)}, ${unchanged} unchanged, ${refusedText(refused)}`);
  for (const reason of importRefusals) {
    const count = reasons[reason];
    if (count !== undefined) console.log(`  ${String(count).padStart(8)}  ${reason}`);
  }
};

const refusedText = (refused: number): string => (refused === 0 ? '0 refused' : style.bad(`${refused} refused`));
