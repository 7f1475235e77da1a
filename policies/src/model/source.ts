import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, normalize, sep } from 'node:path';
import { isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import { filesDigest } from '../files-digest.ts';
import { ModelError } from './problem.ts';
import type { YAMLSeq } from 'yaml';

/** The text of a model, before it is parsed. */
export type ModelSource = {
  /** In the order of the manifest; names are relative to the manifest's folder, with `/`. */
  readonly files: readonly { readonly name: string; readonly text: string }[];
  /** True for `fga.mod` with modules, false for a single `.fga` with a model header. */
  readonly isModular: boolean;
  /** SHA-256, hexadecimal, over names and bytes of all files: the same digest means the same model. */
  readonly digest: string;
};

/** Reads `fga.mod` (or a folder that holds one) with its modules, or a single `.fga` file. Throws {@link ModelError} for what is missing. */
export const readModelSource = async (path: string): Promise<ModelSource> => {
  const entry = (await isFolder(path)) ? join(path, 'fga.mod') : path;
  if (!entry.endsWith('.mod')) {
    const name = basename(entry);
    const text = await readText(entry, name, 0, name);
    return source([{ name, text }], false, [{ name, text }]);
  }
  const folder = dirname(entry);
  const manifestName = basename(entry);
  const manifest = await readText(entry, manifestName, 0, manifestName);
  const modules = await Promise.all(
    modulesOf(manifest, manifestName).map(async ({ name, line }) => ({
      name,
      text: await readText(join(folder, name), name, line, manifestName),
    })),
  );
  return source(modules, true, [{ name: manifestName, text: manifest }, ...modules]);
};

/** A model that stands inside another file (a store test) or is made by a program. */
export const inlineSource = (name: string, text: string): ModelSource =>
  source([{ name, text }], false, [{ name, text }]);

type File = { readonly name: string; readonly text: string };

const source = (files: readonly File[], isModular: boolean, digested: readonly File[]): ModelSource => ({
  files,
  isModular,
  digest: filesDigest(digested.map(({ name, text }) => ({ name, content: text }))),
});

const isFolder = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined))?.isDirectory() ?? false;

const readText = async (path: string, name: string, line: number, namedIn: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const message = code === 'ENOENT' ? `the file ${name} does not exist` : `the file ${name} cannot be read (${code})`;
    throw new ModelError([{ file: namedIn, line, message }]);
  }
};

/** The `contents` of a manifest, with the line of each. */
const modulesOf = (text: string, file: string): readonly { readonly name: string; readonly line: number }[] => {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter });
  const lineOf = (node: unknown): number => {
    const range = (node as { range?: readonly number[] } | null)?.range;
    return range ? counter.linePos(range[0]!).line : 1;
  };
  const fail = (line: number, message: string): never => {
    throw new ModelError([{ file, line, message }]);
  };
  const broken = document.errors[0];
  if (broken) fail(broken.linePos?.[0].line ?? 1, broken.message.split('\n')[0]!);
  const root = document.contents;
  if (!isMap(root)) return fail(1, 'a manifest has the keys "schema" and "contents"');
  const schema = root.get('schema', true);
  if (!isScalar(schema) || String(schema.source ?? schema.value) !== '1.2') fail(lineOf(schema), 'schema must be 1.2');
  const contents = root.get('contents', true);
  if (!isSeq(contents) || contents.items.length === 0)
    return fail(lineOf(contents), 'contents must list at least one module');
  return moduleNames(contents, lineOf, fail);
};

const moduleNames = (
  contents: YAMLSeq,
  lineOf: (node: unknown) => number,
  fail: (line: number, message: string) => never,
): readonly { readonly name: string; readonly line: number }[] => {
  const seen = new Set<string>();
  return contents.items.map((item) => {
    const line = lineOf(item);
    const name =
      isScalar(item) && typeof item.value === 'string' ? item.value : fail(line, 'a module is the name of a file');
    const inside = normalize(name);
    if (inside.startsWith('..') || inside.startsWith(sep) || name.includes('\\'))
      fail(line, `${name} lies outside the manifest's folder`);
    if (!name.endsWith('.fga')) fail(line, `${name} is not a .fga file`);
    if (seen.has(inside)) fail(line, `${name} is listed twice`);
    seen.add(inside);
    return { name, line };
  });
};
