import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { nearest } from '@gatehouse/policies/model/suggest';
import { fileStart, routeProblem, routeProblemText } from '@gatehouse/policies/routes/problem';
import type { RouteProblem } from '@gatehouse/policies/routes/problem';
import { readYaml } from '@gatehouse/policies/routes/yaml-file';
import type { YamlFile } from '@gatehouse/policies/routes/yaml-file';
import { z } from 'zod';
import type { Issuer } from '../identity/jwt/issuer.ts';
import { StartRefused } from '../start-refused.ts';
import { issuerOf, issuerShape } from './jwt-issuer.ts';

/** What does not fit into a variable. */
export type Settings = { readonly jwtIssuers: readonly Issuer[] };

export type SettingsRead =
  | { readonly kind: 'settings'; readonly settings: Settings }
  | { readonly kind: 'refused'; readonly problems: readonly RouteProblem[] };

const file = 'gatehouse.yaml';
const bytesMax = 1024 ** 2;
const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

const shape = z.strictObject(
  {
    jwt: z
      .record(
        z.string().regex(namePattern, 'the name of an issuer is letters, digits, ".", "_" and "-"'),
        issuerShape,
        {
          error: 'a map of issuers expected here (`jwt: { corp: { issuer: …, audience: … } }`)',
        },
      )
      .default({}),
  },
  { error: 'a map expected here (`jwt: …`)' },
);

/** Reads the text of the file. A file with nothing in it configures nothing. */
export const readSettings = (text: string): SettingsRead => {
  const read = readYaml(file, text);
  if (read.kind === 'broken') return { kind: 'refused', problems: read.problems };
  const { yaml } = read;
  const shaped = shape.safeParse(yaml.value ?? {});
  if (!shaped.success) {
    return { kind: 'refused', problems: shaped.error.issues.flatMap((issue) => problemsOf(yaml, issue)) };
  }
  const jwtIssuers = Object.entries(shaped.data.jwt).map(([name, written]) => issuerOf(name, written));
  const problems = issuersTwice(yaml, jwtIssuers);
  return problems.length > 0 ? { kind: 'refused', problems } : { kind: 'settings', settings: { jwtIssuers } };
};

/** Reads the file beside the policies; there may be none. Throws a {@link StartRefused} that names every place. */
export const settingsIn = async (policies: string): Promise<Settings> => {
  const path = join(policies, file);
  const text = await textOf(policies, path);
  if (text === undefined) return { jwtIssuers: [] };
  const read = readSettings(text);
  switch (read.kind) {
    case 'settings':
      return read.settings;
    case 'refused':
      throw refusal(policies, read.problems.map(routeProblemText));
  }
};

const textOf = async (policies: string, path: string): Promise<string | undefined> => {
  const names = await readdir(policies).catch((): string[] => []);
  const similar = names.find((name) => /^\.?gatehouse\.ya?ml$/i.test(name) && name !== file);
  if (similar !== undefined) throw refusal(policies, [`${similar}: the file is called ${file}`]);
  if (!names.includes(file)) return undefined;
  try {
    const bytes = await readFile(path);
    if (bytes.length > bytesMax) throw new Error('the file is larger than 1 MB');
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw refusal(policies, [`${file}: ${error instanceof Error ? error.message : String(error)}`]);
  }
};

const refusal = (policies: string, lines: readonly string[]): StartRefused =>
  new StartRefused(`The settings cannot be used (${policies}):\n${lines.map((line) => `  ${line}`).join('\n')}`);

const keysByDepth: readonly (readonly string[])[] = [
  Object.keys(shape.shape),
  [],
  Object.keys(issuerShape.shape),
  ['username', 'name', 'email'],
];

const problemsOf = ({ at, keyAt }: YamlFile, issue: z.core.$ZodIssue): readonly RouteProblem[] => {
  if (issue.code === 'unrecognized_keys') {
    const known = keysByDepth[issue.path.length] ?? [];
    return issue.keys.map((key) =>
      routeProblem(file, keyAt([...issue.path, key]), `unknown key "${key}"`, nearest(key, known)),
    );
  }
  if (issue.code === 'invalid_key')
    return [routeProblem(file, keyAt(issue.path), issue.issues[0]?.message ?? 'not a key')];
  const suggestion = issue.code === 'custom' ? (issue.params?.['suggestion'] as string | undefined) : undefined;
  return [routeProblem(file, issue.path.length === 0 ? fileStart : at(issue.path), issue.message, suggestion)];
};

/** A token says which issuer it is of, and nothing else decides whose rules hold for it. */
const issuersTwice = ({ at }: YamlFile, issuers: readonly Issuer[]): readonly RouteProblem[] =>
  issuers.flatMap(({ name, issuer }, index) => {
    const before = issuers.slice(0, index).find((other) => other.issuer === issuer);
    return before === undefined
      ? []
      : [routeProblem(file, at(['jwt', name, 'issuer']), `this is the issuer of "${before.name}" already`)];
  });
