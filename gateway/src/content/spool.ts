import { appendFileSync, readFileSync } from 'node:fs';
import { journalFile } from './journal-file.ts';

/**
 * A journal of work that is not done yet: one JSON line for each item, `{"done":"<id>"}` when it is, nothing at all when
 * everything is. A line is with the operating system when `add` returns, so it outlives the process; `sync` puts it on
 * the disk. When the disk refuses, lines are kept in memory and written by a later `sync`.
 */
export type Spool = {
  readonly add: (item: { readonly id: string }) => void;
  readonly done: (id: string) => void;
  /** Never rejects: see `failure`. */
  readonly sync: () => Promise<void>;
  /** Why the file is behind what has been added; undefined when it is not. */
  readonly failure: () => Error | undefined;
  readonly close: () => void;
};

type Options<Item> = {
  readonly file: string;
  /** Undefined for what is no item. */
  readonly read: (json: unknown) => Item | undefined;
  readonly alarm: (message: string) => void;
};

const rewriteBytes = 1 << 20;

/**
 * Opens the journal and answers with what an earlier process left undone, in order. Throws when it cannot be
 * read, or when lines that make no sense cannot be put aside.
 */
export const openSpool = <Item extends { readonly id: string }>(
  options: Options<Item>,
): { readonly spool: Spool; readonly left: readonly Item[] } => {
  const { file, alarm } = options;
  const { items, unreadable } = itemsIn(readText(file), options.read);
  const lines = new Map(items.map((item) => [item.id, lineOf(item)]));
  const journal = journalOn(file, lines, alarm);
  putAside(file, unreadable, alarm);
  journal.rewrite();
  return { spool: spoolOn(journal, lines), left: items };
};

const spoolOn = (journal: Journal, lines: Map<string, string>): Spool => ({
  add: (item) => {
    const line = lineOf(item);
    lines.set(item.id, line);
    journal.append(line);
  },
  done: (id) => {
    if (!lines.delete(id)) return;
    if (lines.size === 0) journal.empty();
    else journal.append(lineOf({ done: id }));
  },
  sync: journal.sync,
  failure: journal.failure,
  close: journal.close,
});

type Journal = ReturnType<typeof journalOn>;

/** The file, as far as the disk lets it be written. */
const journalOn = (file: string, lines: ReadonlyMap<string, string>, alarm: (message: string) => void) => {
  const output = journalFile(file);
  let failure: Error | undefined;
  const attempt = (work: () => void): void => {
    try {
      work();
      failure = undefined;
    } catch (error) {
      if (failure === undefined) alarm(`${file} cannot be written; what waits is kept in memory: ${String(error)}`);
      failure = error as Error;
    }
  };
  const rewrite = () => attempt(() => output.replace([...lines.values()].join('')));
  return {
    rewrite,
    append: (line: string): void => {
      // A torn line may stand at the end: nothing is appended to it.
      if (failure !== undefined) return;
      if (output.writtenBytes() > rewriteBytes) rewrite();
      else attempt(() => output.append(line));
    },
    empty: () => attempt(output.empty),
    sync: async (): Promise<void> => {
      if (failure === undefined) await output.sync().catch(rewrite);
      else rewrite();
    },
    failure: () => failure,
    close: output.close,
  };
};

const lineOf = (value: unknown): string => `${JSON.stringify(value)}\n`;

const readText = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
};

const itemsIn = <Item extends { readonly id: string }>(text: string, read: Options<Item>['read']) => {
  const items = new Map<string, Item>();
  const unreadable: string[] = [];
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const json = parsed(line);
    const item = read(json);
    if (item !== undefined) items.set(item.id, item);
    else if (isDone(json)) items.delete(json.done);
    else unreadable.push(line);
  }
  return { items: [...items.values()], unreadable };
};

const isDone = (json: unknown): json is { readonly done: string } =>
  typeof json === 'object' && json !== null && 'done' in json && typeof json.done === 'string';

const parsed = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
};

const putAside = (file: string, unreadable: readonly string[], alarm: (message: string) => void): void => {
  if (unreadable.length === 0) return;
  appendFileSync(`${file}.unreadable`, unreadable.map((line) => `${line}\n`).join(''), { mode: 0o600 });
  alarm(`${file} had ${unreadable.length} lines that cannot be read; they stand in ${file}.unreadable now`);
};
