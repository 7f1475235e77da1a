import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileRoutes, loadRoutes } from './load.ts';
import { loadModel } from '../model/load.ts';
import { readTarget } from './target.ts';
import { routeProblemText } from './problem.ts';
import type { CompiledModel } from '../model/compiled.ts';
import type { LoadOptions, RoutesLoaded } from './load.ts';

const path = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));

let model: CompiledModel;
beforeAll(async () => {
  ({ model } = await loadModel(path('model')));
});

const options = (): LoadOptions => ({ folder: path('routes'), model, accountId: (slug) => (slug === 'acme' ? 'acc_1' : undefined) });
const compile = (files: Readonly<Record<string, string | Uint8Array>>, more: Partial<LoadOptions> = {}): Promise<RoutesLoaded> =>
  compileRoutes(Object.entries(files).map(([file, text]) => ({ file, bytes: typeof text === 'string' ? new TextEncoder().encode(text) : text })), { ...options(), ...more });

const texts = (loaded: RoutesLoaded): readonly string[] => (loaded.kind === 'refused' ? loaded.problems : loaded.warnings).map(routeProblemText);
const loadedFrom = (loaded: RoutesLoaded): Extract<RoutesLoaded, { kind: 'loaded' }> => {
  if (loaded.kind === 'refused') throw new Error(texts(loaded).join('\n'));
  return loaded;
};

/** A file whose rules (from line 7 on) are the given lines, behind a host. */
const file = (rules: string, head = ''): string => `version: 1\napp: q\nupstreams: { api: http://127.0.0.1:1 }\n${head === '' ? 'params: { n: int }' : head}\nhosts:\n  "*":\n${rules.replaceAll(/^/gm, '    ')}\n`;

describe('the shipped policy', () => {
  it('loads without a warning, its tests pass and its organization becomes an id', async () => {
    const { rules, warnings, table, digest } = loadedFrom(await loadRoutes(options()));
    expect(warnings).toEqual([]);
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect(rules.map(({ id }) => id)).toContain('quantum PATCH /algorithms/{id}');
    const list = rules.find(({ id }) => id === 'quantum GET /algorithms');
    expect(list).toMatchObject({
      upstream: 'http://127.0.0.1:4402', bodyBytesMax: 10 * 1024 ** 2, timeoutMs: 30_000, file: 'quantum.yaml', allow: { object: { text: 'organization:acme', parts: [{ kind: 'text', text: 'acc_1' }] } },
    });
    const read = readTarget({ method: 'HEAD', rawTarget: '/algorithms/qft', host: '127.0.0.1:4400' });
    expect(read.kind === 'target' && table.match(read.target)).toMatchObject({ kind: 'match', params: { id: 'qft' }, rule: { method: 'GET' } });
  });

  it('takes the origin of an upstream from outside', async () => {
    const { rules } = loadedFrom(await loadRoutes({ ...options(), upstreams: { 'quantum.api': 'http://127.0.0.1:9' } }));
    expect(new Set(rules.map(({ upstream }) => upstream))).toEqual(new Set(['http://127.0.0.1:9']));
  });

  const overrides: readonly [upstreams: Readonly<Record<string, string>>, problem: RegExp][] = [
    [{ 'quantum.ap': 'http://127.0.0.1:9' }, /no file has the upstream "quantum\.ap"/],
    [{ 'quantum.api': 'http://127.0.0.1:9/base' }, /^quantum\.yaml:21:8: "http:\/\/127\.0\.0\.1:9\/base" is not an origin/],
  ];
  it.each(overrides)('refuses %j', async (upstreams, problem) => {
    expect(texts(await loadRoutes({ ...options(), upstreams }))).toEqual([expect.stringMatching(problem)]);
  });
});

describe('a route file', () => {
  it('has rules with everything set', async () => {
    const text = `version: 1
app: q
upstreams: { api: "http://API.example:80", jobs: https://jobs.example }
params: { account: slug, n: int }
hosts:
  "{account}.q.example":
    GET|PUT /a/{n}/**:
      allow: any of [can_view on content:q.a/{n} within organization:{account}, nobody]
      to: jobs
      body: 64KB
      timeout: 1m
  q.example:
    DELETE /:
      allow: all of [signed-in, can_delete on organization:{query.org}]
      to: api
      body: 0
`;
    const { rules, table } = loadedFrom(await compile({ 'q.yaml': text }));
    expect(rules.map(({ id, upstream, bodyBytesMax, timeoutMs, line }) => [id, upstream, bodyBytesMax, timeoutMs, line])).toEqual([
      ['q GET {account}.q.example/a/{n}/**', 'https://jobs.example', 65_536, 60_000, 7],
      ['q PUT {account}.q.example/a/{n}/**', 'https://jobs.example', 65_536, 60_000, 7],
      ['q DELETE q.example/', 'http://api.example', 0, 30_000, 13],
    ]);
    const read = readTarget({ method: 'PUT', rawTarget: '/a/7/b/c', host: 'acme.q.example' });
    const match = read.kind === 'target' ? table.match(read.target) : undefined;
    expect(match).toMatchObject({ kind: 'match', params: { account: 'acme', n: '7' } });
    expect(match?.kind === 'match' && match.parentsOf('content')).toEqual(['workspace']);
  });

  const good = 'GET /a/{id}: { allow: "can_view on content:q.a/{id}" }';
  const broken: readonly [what: string, text: string, ...problems: string[]][] = [
    ['an empty file', '', 'q.yaml:1:1: a map of `version`, `app`, `upstreams` and `hosts` expected here'],
    ['a list', '- a\n', 'q.yaml:1:1: a map of `version`, `app`, `upstreams` and `hosts` expected here'],
    ['missing keys', 'version: 1\n', 'q.yaml:1:1: `app: NAME` is missing', 'q.yaml:1:1: a map of upstreams (`upstreams: { api: http://127.0.0.1:4402 }`) is missing', 'q.yaml:1:1: a map of hosts (`hosts: { "*": … }`) is missing'],
    ['another version', file(good).replace('version: 1', 'version: 2'), 'q.yaml:1:10: `version: 1` expected here'],
    ['an app that is no slug', file(good).replace('app: q', 'app: Q'), 'q.yaml:2:6: the name of an application is lower-case letters, digits and "-"'],
    ['an unknown key', file(good).replace('upstreams', 'upstream'), 'q.yaml:1:1: a map of upstreams', 'q.yaml:3:1: unknown key "upstream"; did you mean "upstreams"?'],
    ['no upstream', file(good).replace('{ api: http://127.0.0.1:1 }', '{}'), 'q.yaml:3:12: an application has at least one upstream'],
    ['an upstream with a path', file(good).replace(':1 }', ':1/base }'), 'q.yaml:3:19: "http://127.0.0.1:1/base" is not an origin'],
    ['an upstream with a slash', file(good).replace(':1 }', ':1/ }'), 'q.yaml:3:19: "http://127.0.0.1:1/" is not an origin'],
    ['an upstream with a user', file(good).replace('//127', '//bob@127'), 'q.yaml:3:19: "http://bob@127.0.0.1:1" is not an origin'],
    ['an upstream of another scheme', file(good).replace('http:', 'ftp:'), 'q.yaml:3:19: "ftp://127.0.0.1:1" is not an origin'],
    ['an unknown alphabet', file(good, 'params: { id: slog }'), 'q.yaml:4:15: "slog" is not an alphabet; did you mean "slug"?'],
    ['a parameter of a wrong name', file(good, 'params: { Id: slug }'), 'q.yaml:4:11: "Id" is not the name of a parameter'],
    ['a host in capitals', file(good).replace('"*"', 'Q.example'), 'q.yaml:6:3: "Q.example" is not in canonical form; did you mean "q.example"?'],
    ['a host with a port', file(good).replace('"*"', '"q.example:80"'), 'q.yaml:6:3: "q.example:80" names a port; hosts are matched without it; did you mean "q.example"?'],
    ['a host pattern in the middle', file(good).replace('"*"', 'a.*.example'), 'q.yaml:6:3: "a.*.example" is not a host'],
    ['a host pattern over addresses', file(good).replace('"*"', '"*.0.0.1"'), 'q.yaml:6:3: "0.0.1" is not the name of a host'],
    ['an unquoted star', file(good).replace('"*"', '*'), 'q.yaml:6:3: the key * needs quotes: "*"'],
    ['an unknown method', file('GOT /a: { allow: everyone }'), 'q.yaml:7:5: "GOT" is not a method that can be routed; did you mean "GET"?'],
    ['a method that is never proxied', file('GET|CONNECT /a: { allow: everyone }'), 'q.yaml:7:9: "CONNECT" is not a method that can be routed'],
    ['a method twice', file('GET|PUT|GET /a: { allow: everyone }'), 'q.yaml:7:13: GET stands twice'],
    ['no method', file('/a: { allow: everyone }'), 'q.yaml:7:5: "/a" is not a rule; write METHOD /path'],
    ['a path without slash', file('GET a: { allow: everyone }'), 'q.yaml:7:9: the path "a" does not begin with "/"'],
    ['an empty segment', file('GET /a//b: { allow: everyone }'), 'q.yaml:7:9: the path has an empty segment'],
    ['a dot segment', file('GET /a/../b: { allow: everyone }'), 'q.yaml:7:9: no request can have the segment "..": a dot segment at byte 1'],
    ['an encoded slash', file('GET /a%2fb: { allow: everyone }'), 'q.yaml:7:9: no request can have the segment "a%2fb": the escape %2f at byte 2 is not accepted'],
    ['a literal that is not canonical', file('GET /%61: { allow: everyone }'), 'q.yaml:7:9: "%61" is not in canonical form; did you mean "a"?'],
    ['a regular expression', file('"GET /a.*": { allow: everyone }'), 'q.yaml:7:10: "a.*" is neither a literal nor a whole parameter'],
    ['half a parameter', file('"GET /{a}.json": { allow: everyone }'), 'q.yaml:7:10: "{a}.json" is neither a literal nor a whole parameter'],
    ['a wildcard in the middle', file('"GET /**/a": { allow: everyone }'), 'q.yaml:7:10: "**" may only stand at the end of a path'],
    ['a parameter twice', file('"GET /{a}/{a}": { allow: everyone }'), 'q.yaml:7:10: the parameter {a} stands twice in the path'],
    ['the corner of the gateway', file('GET /.gatehouse/x: { allow: everyone }'), 'q.yaml:7:9: the rule is unreachable: "/.gatehouse" belongs to the gateway'],
    ['an empty rule', file('GET /a:'), 'q.yaml:7:12: the keys of a rule, at least `allow`, expected here'],
    ['a missing sentence', file('GET /a: { body: 1KB }'), 'q.yaml:7:5: `allow: SENTENCE` is missing'],
    ['a sentence that is none', file('GET /a:\n  allow: everyon'), 'q.yaml:8:14: "everyon" does not begin a sentence; did you mean "everyone"?'],
    ['a fault inside a sentence', file('GET /a:\n  allow: any of [everyone, can_view of content:q.a/1]'), 'q.yaml:8:41: expected "on" and an object after "can_view"; did you mean "on"?'],
    ['an unknown type', file('GET /a: { allow: can_view on contnet:q.a/1 }'), 'q.yaml:7:34: the model has no type "contnet"; did you mean "content"?'],
    ['an unknown permission', file('GET /a: { allow: can_vew on content:q.a/1 }'), 'q.yaml:7:22: the type "content" has no permission "can_vew"; did you mean "can_view"?'],
    ['a role', file('GET /a: { allow: viewer on content:q.a/1 }'), 'q.yaml:7:22: "viewer" is no permission; only can_… may be asked'],
    ['content of another application', file('GET /a: { allow: can_view on content:r.a/1 }'), 'q.yaml:7:34: content of the application "q" is written content:q.KIND/ID'],
    ['content without a kind', file('"GET /{id}": { allow: "can_view on content:q.{id}" }'), 'q.yaml:7:40: content of the application "q" is written content:q.KIND/ID'],
    ['content whose prefix comes from the request', file('"GET /{id}": { allow: "can_view on content_version:{id}" }'), 'q.yaml:7:40: content of the application "q" is written content_version:q.KIND/ID'],
    ['an unknown parameter', file('"GET /{id}": { allow: "can_view on content:q.a/{ib}" }'), 'q.yaml:7:52: neither path nor host has a parameter {ib}; did you mean "id"?'],
    ['an organization in pieces', file('"GET /{id}": { allow: "can_view on organization:x/{id}" }'), 'q.yaml:7:40: an organization is named by one slug'],
    ['an organization by id', file('GET /: { allow: can_view on organization:acc_1 }'), 'q.yaml:7:33: "acc_1" is not the slug of an account'],
    ['an unknown account', file('GET|PUT /: { allow: can_view on organization:acmee }'), 'q.yaml:7:37: there is no account "acmee"'],
    ['a chain that leads nowhere', file('GET /: { allow: can_view on content:q.a/1 within team:x }'), 'q.yaml:7:54: no chain of parents leads from "content" to "team"'],
    ['a missing `to`', file(good).replace('{ api: http://127.0.0.1:1 }', '{ a: http://a, b: http://b }'), 'q.yaml:7:5: `to` is missing: the file has 2 upstreams (a, b)'],
    ['an unknown upstream', file('GET /: { allow: everyone, to: apu }'), 'q.yaml:7:35: there is no upstream "apu"; did you mean "api"?'],
    ['a body over the bound', file('GET /: { allow: everyone, body: 2GB }'), 'q.yaml:7:37: "2GB" is not a size from 0 to 1GB'],
    ['a body that is no size', file('GET /: { allow: everyone, body: big }'), 'q.yaml:7:37: "big" is not a size'],
    ['a body below zero', file('GET /: { allow: everyone, body: -1 }'), 'q.yaml:7:37: "-1" is not a size'],
    ['a time-out without unit', file('GET /: { allow: everyone, timeout: 30 }'), 'q.yaml:7:40: "30" is not a duration'],
    ['a time-out of nothing', file('GET /: { allow: everyone, timeout: 0s }'), 'q.yaml:7:40: "0s" is not a duration'],
    ['a time-out over the bound', file('GET /: { allow: everyone, timeout: 61m }'), 'q.yaml:7:40: "61m" is not a duration from 1ms to 1h'],
    ['a mistyped key of a rule', file('GET /: { alow: everyone }'), 'q.yaml:7:5: `allow: SENTENCE` is missing', 'q.yaml:7:14: unknown key "alow"; did you mean "allow"?'],
    ['a key that is not supported yet', file('GET /:\n  allow: everyone\n  filter: items[*] by can_view on content:q.a/{id}'), 'q.yaml:9:7: `filter` is not supported yet'],
    ['a shadowed rule', file('GET /: { allow: everyone, mode: shadow }'), 'q.yaml:7:31: `mode` is not supported yet'],
    ['the same key twice', file('GET /a: { allow: everyone }\nGET /a: { allow: nobody }'), 'q.yaml:8:5: the same key stands twice'],
    ['the same rule twice', file('GET|PUT /a: { allow: everyone }\nPUT|POST /a: { allow: nobody }'), 'q.yaml:8:5: the rule "q PUT /a" matches the same requests as "q PUT /a" (q.yaml:7)'],
    ['the same path with other parameters', file('"GET /{a}/x": { allow: everyone }\n"GET /{b}/x": { allow: nobody }'), 'q.yaml:8:5: the rule "q GET /{b}/x" matches the same requests as "q GET /{a}/x" (q.yaml:7)'],
    ['a rule that nothing can reach', file('"GET /**": { allow: everyone }\nGET /: { allow: nobody }\n"GET /{a}": { allow: nobody }\n"GET /{a}/**": { allow: nobody }'), 'q.yaml:7:5: the rule "q GET /**" is unreachable'],
    ['an alias', file(good, 'params: &p { n: int }').replace('{ api: http://127.0.0.1:1 }', '&x { api: http://127.0.0.1:1 }') + 'tests: *x\n', 'q.yaml:8:8: aliases are not supported'],
    ['a bomb of aliases', `a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n`, 'q.yaml:2:8: aliases', 'q.yaml:2:12: aliases', 'q.yaml:3:5: aliases', 'q.yaml:3:9: aliases'],
    ['a tag', 'app: !!set { a }\n', 'q.yaml:1:12: the tag tag:yaml.org,2002:set is not supported'],
    ['a key that is no text', file('GET /a: { allow: everyone }').replace('api:', '1:'), 'q.yaml:3:14: a key must be text; put it in quotes'],
    ['a key of objects', file('GET /a: { allow: everyone }').replace('api:', '__proto__:'), 'q.yaml:3:14: "__proto__" is not a key'],
    ['two documents', `${file(good)}---\n${file(good)}`, 'q.yaml:8:1: not valid YAML: source contains multiple documents'],
    ['an older YAML', `%YAML 1.1\n---\n${file(good)}`, 'q.yaml:1:1: a %YAML directive is not supported'],
    ['broken YAML', 'app: "q\n', 'q.yaml:'],
    ['a tab', 'hosts:\n\ta: 1\n', 'q.yaml:2:1: not valid YAML: tabs are not allowed as indentation'],
  ];
  it.each(broken)('is refused with %s', async (_what, text, ...problems) => {
    const loaded = await compile({ 'q.yaml': text });
    expect(loaded.kind).toBe('refused');
    const found = texts(loaded);
    const starts = problems.map((problem) => expect.stringMatching(new RegExp(`^${RegExp.escape(problem)}`)));
    expect(found.length === 0 ? found : problems.length === 1 ? found.slice(0, 1) : found).toEqual(starts);
  });

  it('is refused with nesting that ends the stack, and with bytes that are no text', async () => {
    expect(texts(await compile({ 'q.yaml': `a: ${'['.repeat(10_000)}` }))[0]).toMatch(/^q\.yaml:1:/);
    expect(texts(await compile({ 'q.yaml': new Uint8Array([0x61, 0xff]) }))).toEqual(['q.yaml:1:1: the file is not UTF-8 text']);
  });

  it('may not speak for an application that has a file, nor repeat a rule of another one', async () => {
    expect(texts(await compile({ 'a.yaml': file(good), 'b.yaml': file(good) }))).toEqual(['b.yaml:2:6: the application "q" has a file already: a.yaml']);
    const other = file('"GET /a/{x}": { allow: everyone }').replace('app: q', 'app: r');
    expect(texts(await compile({ 'a.yaml': file(good), 'b.yaml': other }))).toEqual(['b.yaml:7:5: the rule "r GET /a/{x}" matches the same requests as "q GET /a/{id}" (a.yaml:7)']);
  });

  const warned: readonly [rules: string, ...warnings: string[]][] = [
    ['"GET /{id}": { allow: signed-in }', 'q.yaml:7:5: the parameter {id} decides nothing: every value of it is allowed alike'],
    ['"GET /{org}/{id}": { allow: "can_view on content:q.a/{id}" }', 'q.yaml:7:5: the parameter {org} decides nothing'],
    ['"GET /{account}/{id}": { allow: "can_view on content:q.a/{id}" }'],
    ['"GET /{id}": { allow: everyone }'],
    ['"GET /{id}": { allow: nobody }'],
  ];
  it.each(warned)('%s is warned about as it should be', async (rules, ...warnings) => {
    const loaded = loadedFrom(await compile({ 'q.yaml': file(rules, 'params: {}') }));
    expect(texts(loaded)).toEqual(warnings.map((warning) => expect.stringMatching(new RegExp(`^${RegExp.escape(warning)}`))));
  });

  it('is warned about a declared parameter that stands nowhere', async () => {
    const loaded = loadedFrom(await compile({ 'q.yaml': file(good, 'params: { idd: int }') }));
    expect(texts(loaded)).toEqual(['q.yaml:4:11: no path or host has a parameter {idd}; did you mean "id"?']);
  });
});

describe('the digest', () => {
  it('depends on names and bytes of the files alone', async () => {
    const text = file('GET /a: { allow: everyone }');
    const of = async (files: Readonly<Record<string, string>>): Promise<string> => loadedFrom(await compile(files)).digest;
    expect(await of({ 'a.yaml': text })).toBe(await of({ 'a.yaml': text }));
    expect(await of({ 'b.yaml': text })).not.toBe(await of({ 'a.yaml': text }));
    expect(await of({ 'a.yaml': `${text}\n` })).not.toBe(await of({ 'a.yaml': text }));
  });
});

describe('a folder', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gatehouse-routes-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const inFolder = async (name: string, files: Readonly<Record<string, string>>): Promise<readonly string[]> => {
    const at = join(folder, name);
    await mkdir(at);
    for (const [file, text] of Object.entries(files)) await writeFile(join(at, file), text);
    return texts(await loadRoutes({ ...options(), folder: at }));
  };

  it('is refused when it is not there, is a file or holds nothing', async () => {
    const missing = join(folder, 'missing');
    expect(texts(await loadRoutes({ ...options(), folder: missing }))).toEqual([`${missing}:1:1: the folder of route policies does not exist`]);
    await writeFile(join(folder, 'file'), '');
    expect(texts(await loadRoutes({ ...options(), folder: join(folder, 'file') }))).toEqual([expect.stringMatching(/cannot be read \(ENOTDIR\)$/)]);
    expect(await inFolder('empty', { 'README.md': '' })).toEqual([expect.stringMatching(/empty:1:1: the folder holds no route file \(\*\.yaml\)$/)]);
  });

  it('is refused with a file of the other ending, a folder instead of a file, and a file that is too large', async () => {
    expect(await inFolder('yml', { 'q.yml': '' })).toEqual(['q.yml:1:1: a route file ends with .yaml; did you mean "q.yaml"?']);
    await mkdir(join(folder, 'nested', 'q.yaml'), { recursive: true });
    expect(texts(await loadRoutes({ ...options(), folder: join(folder, 'nested') }))).toEqual(['q.yaml:1:1: this is not a file']);
    expect(await inFolder('large', { 'q.yaml': '#'.repeat(1024 ** 2 + 1) })).toEqual(['q.yaml:1:1: the file is larger than 1 MB']);
  });

  it('is loaded in the order of the names, other files left alone', async () => {
    const files = { 'b.yaml': file('GET /b: { allow: everyone }').replace('app: q', 'app: b'), 'a.yaml': file('GET /a: { allow: everyone }'), 'notes.txt': 'x', '.hidden.yaml': '[' };
    expect(await inFolder('good', files)).toEqual([expect.stringMatching(/^b\.yaml:4:11: no path/), expect.stringMatching(/^a/)].toReversed());
  });
});

it('answers any text with rules or with problems that name a line, and never throws', async () => {
  const word = fc.constantFrom(
    'version: 1', 'app: q', 'upstreams: { api: http://a }', 'hosts:', '  "*":', '    GET /a:', '      allow: everyone', '      allow: can_view on content:q.a/{id}', '    "GET /{id}":', 'tests:', '  expect:',
    '    - bob GET /a -> 200', '    - x', '  given:', '    - organization acme', '*a', '&a', '[', '{', '? ', ': ', '!x', '|', '%', '\t', '"',
  );
  const text = fc.oneof(fc.array(word, { maxLength: 14 }).map((lines) => lines.join('\n')), fc.string({ unit: 'binary', maxLength: 60 }));
  await fc.assert(
    fc.asyncProperty(text, async (source) => {
      const loaded = await compile({ 'q.yaml': source });
      if (loaded.kind === 'loaded') return;
      expect(loaded.problems.length).toBeGreaterThan(0);
      for (const { line, column, file: name, message } of loaded.problems) {
        expect(line).toBeGreaterThan(0);
        expect(column).toBeGreaterThan(0);
        expect(line).toBeLessThanOrEqual(source.split(/\n/).length + 1);
        expect(name).toBe('q.yaml');
        expect(message).not.toBe('');
      }
    }),
    { numRuns: 250 },
  );
}, 30_000);
