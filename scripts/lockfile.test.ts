import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

/** npm writes a lock file that `npm ci` refuses when it could not fetch one platform's package, and says nothing. */

type LockEntry = {
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly inBundle?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
};
type Manifest = Partial<Record<(typeof kinds)[number], Readonly<Record<string, string>>>> & {
  readonly workspaces?: readonly string[];
};

const kinds = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'] as const;
const root = resolve(import.meta.dirname, '..');
const readJson = (path: string): unknown => JSON.parse(readFileSync(join(root, path), 'utf8'));

const lock = readJson('package-lock.json') as { readonly packages: Readonly<Record<string, LockEntry>> };
const entries = Object.entries(lock.packages);
const locked = new Set(entries.map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)));

const manifests = ['.', ...((readJson('package.json') as Manifest).workspaces ?? [])].map((folder) =>
  join(folder, 'package.json'),
);
const wanted = manifests.flatMap((path) => {
  const manifest = readJson(path) as Manifest;
  return kinds.flatMap((kind) => Object.entries(manifest[kind] ?? {}).map(([name, range]) => ({ path, name, range })));
});

describe('the lock file', () => {
  it('has an entry for every optional dependency of every platform', () => {
    const optional = entries.flatMap(([path, entry]) =>
      Object.keys(entry.optionalDependencies ?? {}).map((name) => ({ name, of: path === '' ? 'gatehouse' : path })),
    );
    expect(optional.length).toBeGreaterThan(20);
    expect(optional.filter(({ name }) => !locked.has(name))).toEqual([]);
  });

  it('names no host that packages come from', () => {
    expect(entries.filter(([, { resolved }]) => resolved !== undefined && /^[a-z+]+:/.test(resolved))).toEqual([]);
  });

  it('holds the digest of every package that is fetched', () => {
    const fetched = entries.filter(([path, { link }]) => path.includes('node_modules/') && link !== true);
    expect(fetched.length).toBeGreaterThan(100);
    expect(fetched.filter(([, { integrity }]) => integrity === undefined).map(([path]) => path)).toEqual([]);
  });
});

describe('the manifests', () => {
  it('pin every version exactly, workspaces excepted', () => {
    const loose = wanted.filter(({ name, range }) =>
      name.startsWith('@gatehouse/') ? range !== '*' : !/^\d+\.\d+\.\d+$/.test(range),
    );
    expect(wanted.length).toBeGreaterThan(20);
    expect(loose).toEqual([]);
  });

  it('want one and the same version of a package everywhere', () => {
    const versions = new Map<string, Set<string>>();
    for (const { name, range } of wanted) versions.set(name, (versions.get(name) ?? new Set()).add(range));
    expect([...versions].filter(([, ranges]) => ranges.size > 1).map(([name]) => name)).toEqual([]);
  });
});
