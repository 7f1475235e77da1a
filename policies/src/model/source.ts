import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, normalize, sep } from 'node:path';
import { filesDigest } from '../files-digest.ts';
import { linedYaml } from './yaml-lines.ts';
import { ModelError } from './problem.ts';

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

type Module = { readonly name: string; readonly line: number };

/** The `contents` of a manifest, with the line of each. */
const modulesOf = (text: string, file: string): readonly Module[] => {
  const { value, syntaxError, lineOf } = linedYaml(text);
  const fail = (line: number, message: string): never => {
    throw new ModelError([{ file, line, message }]);
  };
  if (syntaxError !== undefined) return fail(syntaxError.line, syntaxError.message);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return fail(1, 'a manifest has the keys "schema" and "contents"');
  const { schema, contents } = value as { readonly schema?: unknown; readonly contents?: unknown };
  if (schema !== '1.2' && schema !== 1.2) fail(lineOf(['schema']), 'schema must be 1.2');
  if (!Array.isArray(contents) || contents.length === 0)
    return fail(lineOf(['contents']), 'contents must list at least one module');
  const modules = contents.map((name: unknown, index) => {
    const line = lineOf(['contents', index]);
    return typeof name === 'string' ? { name, line } : fail(line, 'a module is the name of a file');
  });
  checkNames(modules, fail);
  return modules;
};

const checkNames = (modules: readonly Module[], fail: (line: number, message: string) => never): void => {
  const seen = new Set<string>();
  for (const { name, line } of modules) {
    const inside = normalize(name);
    if (inside.startsWith('..') || inside.startsWith(sep) || name.includes('\\'))
      fail(line, `${name} lies outside the manifest's folder`);
    if (!name.endsWith('.fga')) fail(line, `${name} is not a .fga file`);
    if (seen.has(inside)) fail(line, `${name} is listed twice`);
    seen.add(inside);
  }
};
