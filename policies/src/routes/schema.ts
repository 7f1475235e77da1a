import { z } from 'zod';
import { alphabets } from './alphabet.ts';
import { nearest } from '../model/suggest.ts';
import { methods } from './methods.ts';
import { routeProblem } from './problem.ts';
import { expecting, headersEntry, map, ruleEntry, text, told } from './rule-schema.ts';
import type { RouteProblem } from './problem.ts';
import type { YamlFile } from './yaml-file.ts';

/** Of applications and upstreams. */
const namePattern = /^[a-z0-9][a-z0-9-]{0,62}$/;
const parameterName = '[a-z][A-Za-z0-9_]{0,62}';
const method = `(?:${methods.join('|')})`;

const testsEntry = z.strictObject(
  {
    given: z
      .array(
        told(text('a line of text'), 'An organization, content in one, or a tuple.', {
          examples: [
            'organization acme with default workspace',
            'content:app.kind/x in acme',
            'user:bob viewer organization:acme',
          ],
        }),
        expecting('a list of lines'),
      )
      .meta({ description: 'What is so in the world that the tests play in, where names are ids.' })
      .default([]),
    expect: z
      .array(
        told(
          text('a line of text'),
          '`WHO [as ACCOUNT] METHOD [HOST]/PATH -> STATUS [REASON]`; 200 stands for allowed.',
          {
            pattern: String.raw`^\S+(?: as \S+)? \S+ [^\s/]*/\S* -> \d{3}(?: [a-z_]+)?$`,
            examples: ['bob GET /things/x -> 200', 'nobody GET /things/x -> 401 sign_in_required'],
          },
        ),
        {
          error: ({ input }) =>
            input === undefined ? '`expect: [LINE, …]` is missing' : 'a list of lines expected here',
        },
      )
      .meta({ description: 'What comes out. A failing line refuses the file.' }),
  },
  map('`given` and `expect`'),
);

const upstreamsEntry = z.record(
  z.string().regex(namePattern, 'the name of an upstream is lower-case letters, digits and "-"'),
  told(text('the origin of an upstream'), 'An origin: http:// or https://, a host and perhaps a port.', {
    pattern: String.raw`^[Hh][Tt][Tt][Pp][Ss]?://[^/?#@\s\\]+$`,
    examples: ['http://127.0.0.1:8080'],
  }),
  map('upstreams (`upstreams: { api: http://127.0.0.1:4402 }`)'),
);

const paramsEntry = z.record(
  z.string().meta({ pattern: `^${parameterName}$` }),
  text(`the alphabet of a parameter (${alphabets.join(', ')})`).meta({ enum: alphabets }),
  map('parameters and their alphabets'),
);

const hostEntry = z.record(
  z.string().meta({ pattern: String.raw`^${method}(?:\|${method})* /\S*$` }),
  ruleEntry,
  map('rules (`GET /path:`)'),
);

const hostsEntry = z.record(
  z.string().meta({ pattern: String.raw`^(?:\*|(?:(?:\*|\{${parameterName}\})\.)?[^\s/*{}A-Z]+)$` }),
  hostEntry.meta({ description: 'Rules by `METHOD /path`, or `METHOD|METHOD /path`. What no rule matches is 404.' }),
  map('hosts (`hosts: { "*": … }`)'),
);

/** The shape of a route file. What the texts mean is checked by the compiler, which knows the model. */
export const routeFile = z.strictObject(
  {
    version: z.literal(1, expecting('`version: 1`')).meta({ description: 'Of this language.' }),
    app: told(
      text('`app: NAME`').regex(namePattern, 'the name of an application is lower-case letters, digits and "-"'),
      'The application. Its content is `content:APP.KIND/ID`; another prefix does not load.',
    ),
    upstreams: upstreamsEntry.meta({ description: 'Where the application listens, by name.', minProperties: 1 }),
    params: paramsEntry
      .meta({ description: 'Alphabets of parameters by name. One that is not named here is a `token`.' })
      .default({}),
    hosts: hostsEntry.meta({
      description:
        'Rules by host: `"*"`, `quantum.example`, `*.t.example` (one label) or `{account}.t.example`. The most specific one owns a request.',
      minProperties: 1,
    }),
    tests: testsEntry.meta({ description: 'Run whenever the file is loaded.' }).optional(),
  },
  map('`version`, `app`, `upstreams` and `hosts`'),
);

export type RouteFile = z.output<typeof routeFile>;

/** The rest of the language. A key that would restrict or change something must not be skipped, so it refuses the file. */
const notYet: ReadonlySet<string> = new Set(['inject', 'rate', 'upgrade']);

/** The keys that a map may have, by how deep it lies. */
const keysByDepth: readonly (readonly string[])[] = [
  Object.keys(routeFile.shape),
  Object.keys(testsEntry.shape),
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
