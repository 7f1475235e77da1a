import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Which files of a folder count; `isDeep` looks into its folders as well. */
export type Watched = {
  readonly folder: string;
  readonly counts: (name: string) => boolean;
  readonly isDeep?: boolean;
};

/**
 * A text that is another one whenever a file was written, renamed, added or taken away. Nothing is read but names and
 * what `stat` says; through links, so that it is the file that counts. What cannot be looked at is part of the text.
 */
export const folderPrint = async ({ folder, counts, isDeep = false }: Watched): Promise<string> => {
  const names = await readdir(folder, { recursive: isDeep }).catch(errorCode);
  if (typeof names === 'string') return names;
  const prints = names
    .filter(counts)
    .toSorted()
    .map(async (name) => `${JSON.stringify(name)} ${await filePrint(join(folder, name))}`);
  return (await Promise.all(prints)).join('\n');
};

/** The change time covers what keeps size and modification time: `cp -p`, `touch -r`, a rename over the old file. */
const filePrint = async (path: string): Promise<string> => {
  const found = await stat(path, { bigint: true }).catch(errorCode);
  return typeof found === 'string' ? found : [found.ino, found.size, found.mtimeNs, found.ctimeNs].join(' ');
};

const errorCode = (error: NodeJS.ErrnoException): string => error.code ?? error.message;
