import { exec } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join, resolve } from 'node:path';

export type Finished = { readonly code: number; readonly output: string; readonly errors: string };

/** A copy of the repository in which mistakes may be planted. Its workspaces see each other, never the original. */
export type CopiedTree = {
  /** Paths are relative to the root of the tree. An existing file is left alone. */
  readonly plant: (files: Readonly<Record<string, string>>) => void;
  /** Runs a script of the root package.json as `npm run` would, with `more` behind it. Never rejects. */
  readonly script: (name: string, more?: string) => Promise<Finished>;
  readonly run: (command: string, folder?: string) => Promise<Finished>;
  readonly remove: () => void;
};

type Manifest = { readonly scripts: Record<string, string>; readonly workspaces: readonly string[] };

const original = resolve(import.meta.dirname, '../..');
const leftOut = new Set(['node_modules', '.git', '.gatehouse', '.turbo', 'dist', 'coverage']);
const outputBytesMax = 64 * 1024 * 1024;

export const copiedTree = (): CopiedTree => {
  const root = mkdtempSync(join(tmpdir(), 'gatehouse-tree-'));
  cpSync(original, root, { recursive: true, filter: (path) => !leftOut.has(basename(path)) });
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;
  linkPackages(root, manifest.workspaces);

  const run = (command: string, folder = '.'): Promise<Finished> =>
    new Promise((done) => {
      const PATH = `${join(original, 'node_modules/.bin')}${delimiter}${process.env['PATH'] ?? ''}`;
      const options = {
        cwd: join(root, folder),
        env: { ...process.env, PATH, NO_COLOR: '1' },
        maxBuffer: outputBytesMax,
      };
      const child = exec(command, options, (_error, output, errors) =>
        done({ code: child.exitCode ?? -1, output, errors }),
      );
    });

  return {
    plant(files) {
      for (const [path, text] of Object.entries(files)) {
        const file = join(root, path);
        mkdirSync(dirname(file), { recursive: true });
        if (!existsSync(file)) writeFileSync(file, text);
      }
    },
    script: (name, more = '') => run(`${manifest.scripts[name]} ${more}`),
    run,
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
};

/** Packages are linked one by one: a link to the whole of `node_modules` would lead the workspaces back to the original. */
const linkPackages = (root: string, workspaces: readonly string[]): void => {
  const installed = join(original, 'node_modules');
  mkdirSync(join(root, 'node_modules/@gatehouse'), { recursive: true });
  for (const name of readdirSync(installed)) {
    if (name !== '@gatehouse') symlinkSync(join(installed, name), join(root, 'node_modules', name));
  }
  for (const workspace of workspaces) {
    const { name } = JSON.parse(readFileSync(join(root, workspace, 'package.json'), 'utf8')) as { name: string };
    symlinkSync(join(root, workspace), join(root, 'node_modules', name));
    const own = join(original, workspace, 'node_modules');
    if (existsSync(own)) symlinkSync(own, join(root, workspace, 'node_modules'));
  }
};
