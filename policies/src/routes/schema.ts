import { z } from 'zod';
import { alphabets } from './alphabet.ts';
import { nearest } from '../model/suggest.ts';
import { routeProblem } from './problem.ts';
import { expecting, headersEntry, map, ruleEntry, text } from './rule-schema.ts';
import type { RouteProblem } from './problem.ts';
import type { YamlFile } from './yaml-file.ts';

/** Of applications and upstreams. */
const namePattern = /^[a-z0-9][a-z0-9-]{0,62}$/;

const tests = z.strictObject(
  {
    given: z.array(text('a line of text'), expecting('a list of lines')).default([]),
    expect: z.array(text('a line of text'), {
      error: ({ input }) => (input === undefined ? '`expect: [LINE, …]` is missing' : 'a list of lines expected here'),
    }),
  },
  map('`given` and `expect`'),
);

/** The shape of a route file. What the texts mean is checked by the compiler, which knows the model. */
const routeFile = z.strictObject(
  {
    version: z.literal(1, expecting('`version: 1`')),
    app: text('`app: NAME`').regex(namePattern, 'the name of an application is lower-case letters, digits and "-"'),
    upstreams: z.record(
      z.string().regex(namePattern, 'the name of an upstream is lower-case letters, digits and "-"'),
      text('the origin of an upstream'),
      map('upstreams (`upstreams: { api: http://127.0.0.1:4402 }`)'),
    ),
    params: z
      .record(
        z.string(),
        text(`the alphabet of a parameter (${alphabets.join(', ')})`),
        map('parameters and their alphabets'),
      )
      .default({}),
    hosts: z.record(
      z.string(),
      z.record(z.string(), ruleEntry, map('rules (`GET /path:`)')),
      map('hosts (`hosts: { "*": … }`)'),
    ),
    tests: tests.optional(),
  },
  map('`version`, `app`, `upstreams` and `hosts`'),
);

export type RouteFile = z.output<typeof routeFile>;

/** The rest of the language. A key that would restrict or change something must not be skipped, so it refuses the file. */
const notYet: ReadonlySet<string> = new Set(['inject', 'rate', 'upgrade']);

/** The keys that a map may have, by how deep it lies. */
const keysByDepth: readonly (readonly string[])[] = [
  Object.keys(routeFile.shape),
  Object.keys(tests.shape),
  [],
  Object.keys(ruleEntry.shape),
  Object.keys(headersEntry.shape),
];

/** Checks the shape of a file; every problem names its place. */
export const checkShape = (
  yaml: YamlFile,
):
  | { readonly kind: 'file'; readonly data: RouteFile }
  | { readonly kind: 'broken'; readonly problems: readonly RouteProblem[] } => {
  const result = routeFile.safeParse(yaml.value);
  if (!result.success)
    return { kind: 'broken', problems: result.error.issues.flatMap((issue) => problemsOf(yaml, issue)) };
  const problems = emptyMaps(yaml, result.data);
  return problems.length > 0 ? { kind: 'broken', problems } : { kind: 'file', data: result.data };
};

const problemsOf = (yaml: YamlFile, issue: z.core.$ZodIssue): readonly RouteProblem[] => {
  const { file, at, keyAt } = yaml;
  if (issue.code === 'invalid_key') {
    return [routeProblem(file, keyAt(issue.path), issue.issues[0]?.message ?? 'not a key')];
  }
  if (issue.code === 'invalid_value') {
    const written = valueAt(yaml.value, issue.path);
    const suggestion = typeof written === 'string' ? nearest(written, issue.values.map(String)) : undefined;
    return [routeProblem(file, at(issue.path), issue.message, suggestion)];
  }
  if (issue.code !== 'unrecognized_keys') return [routeProblem(file, at(issue.path), issue.message)];
  return issue.keys.map((key) => {
    const place = keyAt([...issue.path, key]);
    if (notYet.has(key)) return routeProblem(file, place, `\`${key}\` is not supported yet`);
    return routeProblem(file, place, `unknown key "${key}"`, nearest(key, keysByDepth[issue.path.length] ?? []));
  });
};

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((at, step) => (at as Readonly<Record<PropertyKey, unknown>> | undefined)?.[step], value);

const emptyMaps = ({ file, at }: YamlFile, data: RouteFile): readonly RouteProblem[] => [
  ...(Object.keys(data.upstreams).length === 0
    ? [routeProblem(file, at(['upstreams']), 'an application has at least one upstream')]
    : []),
  ...(Object.keys(data.hosts).length === 0
    ? [routeProblem(file, at(['hosts']), 'an application has at least one host; "*" stands for every one')]
    : []),
];

/** Parameters with an alphabet that does not exist, by name. */
export const wrongAlphabets = (
  params: Readonly<Record<string, string>>,
): readonly { readonly name: string; readonly suggestion: string | undefined }[] =>
  Object.entries(params)
    .filter(([, alphabet]) => !alphabets.some((known) => known === alphabet))
    .map(([name, alphabet]) => ({ name, suggestion: nearest(alphabet, alphabets) }));
