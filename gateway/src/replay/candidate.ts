import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { readFolder } from '@gatehouse/policies/routes/read-folder';
import type { RouteSource } from '@gatehouse/policies/routes/read-folder';
import type { Rule } from '@gatehouse/policies/routes/rule';
import { routeProblemText } from '@gatehouse/policies/routes/problem';
import { readYaml } from '@gatehouse/policies/routes/yaml-file';

/** Files that might take the place of those in force: a folder of all of them, or one for its application's. */
export type Candidate = { readonly kind: 'file' | 'folder'; readonly sources: readonly RouteSource[] };

export type CandidateRead =
  | { readonly kind: 'read'; readonly candidate: Candidate }
  | { readonly kind: 'unusable'; readonly problems: readonly string[] }
  | { readonly kind: 'absent'; readonly message: string };

/** Reads a route file, or a folder of them. A file may have any name; a folder holds `*.yaml`. */
export const readCandidate = async (path: string): Promise<CandidateRead> => {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => error);
  if (found instanceof Error) return absent(path, found);
  if (found.isDirectory()) {
    const read = await readFolder(path);
    return read.kind === 'read'
      ? { kind: 'read', candidate: { kind: 'folder', sources: read.sources } }
      : { kind: 'unusable', problems: read.problems.map(routeProblemText) };
  }
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => error);
  if (bytes instanceof Error) return absent(path, bytes);
  return { kind: 'read', candidate: { kind: 'file', sources: [{ file: basename(path), bytes }] } };
};

const absent = (path: string, { code, message }: NodeJS.ErrnoException): CandidateRead => ({
  kind: 'absent',
  message: `${path} cannot be read (${code ?? message})`,
});

/** The files that a candidate joins, and the rules that are known to come from them. */
export type CandidateFor = {
  readonly sources: readonly RouteSource[];
  readonly rules: readonly Pick<Rule, 'file' | 'app'>[];
};

/** The whole set with the candidate in place; a file of an application that is not in force is added to the others. */
export const withCandidate = (live: CandidateFor, candidate: Candidate): readonly RouteSource[] => {
  const { kind, sources } = candidate;
  if (kind === 'folder') return sources;
  const apps = new Set(sources.map(appIn));
  const known = new Map(live.rules.map(({ file, app }) => [file, app]));
  const others = live.sources.filter((source) => !apps.has(known.get(source.file) ?? appIn(source)));
  return [...others, ...sources];
};

/** Undefined for text that says no application: loading it tells why. */
const appIn = ({ file, bytes }: RouteSource): string | undefined => {
  const read = readYaml(file, new TextDecoder().decode(bytes));
  const value = read.kind === 'read' ? read.yaml.value : undefined;
  const app = typeof value === 'object' && value !== null && 'app' in value ? value.app : undefined;
  return typeof app === 'string' ? app : undefined;
};
