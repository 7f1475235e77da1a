import { newPlace } from '../../effects/answer-json/place.ts';
import { scan } from '../../effects/answer-json/scan.ts';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { nameFault, titleLengthMax } from '../content-name.ts';
import type { ImportRefusal, ImportRow, RowVerdict } from './import-shapes.ts';
import { lineBytesMax, readLines } from './read-lines.ts';
import type { FileLine } from './read-lines.ts';

export type ImportFormat = 'jsonl' | 'csv';

type Refused = Extract<RowVerdict, { kind: 'refused' }>;

export type ReadRow = { readonly kind: 'row'; readonly row: ImportRow } | Refused;

/** The file as a whole cannot be read: its header says so. */
export class ImportFileRefused extends Error {
  override readonly name = 'ImportFileRefused';
}

const columns = ['app', 'kind', 'id', 'account', 'title', 'private', 'workspace', 'created_by'] as const;
const required = ['app', 'kind', 'id', 'account'] as const;
const requiredColumns: readonly string[] = required;
const knownColumns: readonly string[] = columns;

const name = (lengthMax: number) =>
  z
    .string({ error: 'is not text' })
    .min(1, { error: 'is empty' })
    .max(lengthMax, { error: `is longer than ${lengthMax} characters` })
    .refine((text) => text.isWellFormed() && !/\p{Cc}/u.test(text), { error: 'holds a control character' });

const fields = z.strictObject({
  app: name(200),
  kind: name(200),
  id: name(1_000),
  account: name(100),
  title: name(4 * titleLengthMax)
    .refine((title) => Array.from(title).length <= titleLengthMax, {
      error: `is longer than ${titleLengthMax} characters`,
    })
    .optional(),
  private: z.boolean({ error: 'is neither true nor false' }).optional(),
  workspace: name(200).optional(),
  created_by: name(320).optional(),
});

/** The rows of a file as they come; blank lines are passed over. Throws {@link ImportFileRefused}. */
export async function* readRows(chunks: AsyncIterable<Buffer>, format: ImportFormat): AsyncIterable<ReadRow> {
  const read = format === 'csv' ? csvReader() : readJson;
  for await (const fileLine of readLines(chunks)) {
    const row = 'fault' in fileLine ? faulty(fileLine) : read(fileLine);
    if (row !== undefined) yield row;
  }
}

type TextLine = Extract<FileLine, { text: string }>;

const refused = (line: number, reason: ImportRefusal, message: string): Refused => ({
  kind: 'refused',
  line,
  reason,
  message,
});

const faulty = ({ line, fault }: Exclude<FileLine, TextLine>): Refused =>
  refused(
    line,
    'unreadable',
    fault === 'too-long' ? `the line is longer than ${lineBytesMax >> 10} KB` : 'the line is not UTF-8',
  );

const readJson = ({ line, text }: TextLine): ReadRow | undefined => {
  if (text.trim() === '') return undefined;
  try {
    const json: unknown = JSON.parse(text);
    // Stricter than the parser: of a name that stands twice, it would take the last without a word.
    const fault = scan(Buffer.from(text), newPlace());
    return fault === undefined
      ? checked(line, json)
      : refused(line, 'unreadable', `the line is ambiguous: ${fault.what}`);
  } catch (error) {
    return refused(
      line,
      'unreadable',
      `the line is not JSON: ${(error as Error).message.replace(/ \(line 1 column \d+\)$/, '')}`,
    );
  }
};

const csvReader = (): ((line: TextLine) => ReadRow | undefined) => {
  let header: readonly string[] | undefined;
  return ({ line, text }) => {
    if (text.trim() === '') return undefined;
    const values = csvValues(text);
    if (header === undefined) {
      header = headerOf(values);
      return undefined;
    }
    if (values === undefined)
      return refused(line, 'unreadable', 'the line is not CSV: a quote is not closed on it, or stands in the middle');
    if (values.length !== header.length)
      return refused(line, 'unreadable', `the line has ${values.length} fields, the header ${header.length}`);
    // A field that is empty is a field that is not there.
    const given = header.flatMap((column, at) => (values[at] === '' ? [] : [[column, valueOf(column, values[at]!)]]));
    return checked(line, Object.fromEntries(given));
  };
};

const valueOf = (column: string, text: string): unknown =>
  column === 'private' ? (({ true: true, false: false } as Record<string, boolean>)[text.toLowerCase()] ?? text) : text;

/** Undefined when the line by itself is no record: a field with a line break in it could not be kept anyway. */
const csvValues = (text: string): readonly string[] | undefined => {
  if (!text.includes('"')) return text.split(',');
  try {
    const [values] = parse(text, { relax_column_count: true });
    return values;
  } catch {
    return undefined;
  }
};

const headerOf = (values: readonly string[] | undefined): readonly string[] => {
  const header = (values ?? []).map((column) => column.trim());
  const missing = required.filter((column) => !header.includes(column));
  if (missing.length > 0) throw new ImportFileRefused(`line 1: the header lacks ${missing.join(', ')}`);
  const unknown = header.filter((column) => !knownColumns.includes(column));
  if (unknown.length > 0)
    throw new ImportFileRefused(`line 1: there is no column "${unknown[0]}"; the columns are ${columns.join(', ')}`);
  const repeated = header.find((column, at) => header.indexOf(column) !== at);
  if (repeated !== undefined) throw new ImportFileRefused(`line 1: the column "${repeated}" stands there twice`);
  return header;
};

const checked = (line: number, value: unknown): ReadRow => {
  const read = fields.safeParse(value);
  if (!read.success) return refused(line, 'bad_field', faultText(value, read.error.issues[0]));
  const { app, kind, id } = read.data;
  const fault = nameFault({ app, kind, externalId: id });
  return fault === undefined ? { kind: 'row', row: { line, ...read.data } } : refused(line, 'bad_id', fault);
};

const faultText = (value: unknown, issue: z.core.$ZodIssue | undefined): string => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'the line is no JSON object';
  if (issue?.code === 'unrecognized_keys') return `there is no field "${issue.keys[0]}"`;
  const field = String(issue?.path[0]);
  if (!(field in value) && requiredColumns.includes(field)) return `"${field}" is missing`;
  return `"${field}" ${issue?.message}`;
};
