import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileStart, routeProblem } from './problem.ts';
import type { RouteProblem } from './problem.ts';

/** The bytes of one route file. */
export type RouteSource = { readonly file: string; readonly bytes: Uint8Array };

export type FolderRead =
  | { readonly kind: 'read'; readonly sources: readonly RouteSource[] }
  | { readonly kind: 'broken'; readonly problems: readonly RouteProblem[] };

const fileBytesMax = 4 * 1024 ** 2;
const filesMax = 500;

/** Reads every `*.yaml` of a folder, in the order of their names. A folder that cannot be read or holds none is a problem, not an empty policy. */
export const readFolder = async (folder: string): Promise<FolderRead> => {
  const names = await readdir(folder).catch(errorCode);
  if (typeof names === 'string')
    return broken(
      folder,
      names === 'ENOENT'
        ? 'the folder of route policies does not exist'
        : `the folder of route policies cannot be read (${names})`,
    );
  const files = names.filter((name) => name.endsWith('.yaml') && !name.startsWith('.')).toSorted();
  const problems = names
    .filter((name) => name.endsWith('.yml'))
    .map((name) => routeProblem(name, fileStart, 'a route file ends with .yaml', name.replace(/yml$/, 'yaml')));
  if (files.length === 0 && problems.length === 0) return broken(folder, 'the folder holds no route file (*.yaml)');
  if (files.length > filesMax) return broken(folder, `the folder holds more than ${filesMax} route files`);
  const sources: RouteSource[] = [];
  for (const file of files) {
    const bytes = await readOne(join(folder, file));
    if (typeof bytes === 'string') problems.push(routeProblem(file, fileStart, bytes));
    else sources.push({ file, bytes });
  }
  return problems.length > 0 ? { kind: 'broken', problems } : { kind: 'read', sources };
};

/** The bytes, or why there are none. Looks before it reads: a pipe would hang, a huge file fill the memory. */
const readOne = async (path: string): Promise<Uint8Array | string> => {
  const found = await stat(path).catch(errorCode);
  if (typeof found === 'string') return `the file cannot be read (${found})`;
  if (!found.isFile()) return 'this is not a file';
  if (found.size > fileBytesMax) return 'the file is larger than 4 MB';
  const bytes = await readFile(path).catch(errorCode);
  return typeof bytes === 'string' ? `the file cannot be read (${bytes})` : bytes;
};

const errorCode = (error: NodeJS.ErrnoException): string => error.code ?? error.message;

const broken = (folder: string, message: string): FolderRead => ({
  kind: 'broken',
  problems: [routeProblem(folder, fileStart, message)],
});
