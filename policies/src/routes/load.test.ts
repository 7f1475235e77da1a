import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadRoutes } from './load.ts';
import { readTarget } from './target.ts';
import { compileTexts, loadOptions, problemTexts, routeFile, startingWith } from './test/route-files.ts';
import type { RoutesLoaded } from './load.ts';

const loadedFrom = (loaded: RoutesLoaded): Extract<RoutesLoaded, { kind: 'loaded' }> => {
  if (loaded.kind === 'refused') throw new Error(problemTexts(loaded).join('\n'));
  return loaded;
};

describe('the shipped policy', () => {
  it('loads without a warning, its tests pass and its organization becomes an id', async () => {
    const { rules, warnings, table, digest } = loadedFrom(await loadRoutes(await loadOptions()));
    expect(warnings).toEqual([]);
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect(rules.map(({ id }) => id)).toContain('quantum PATCH /algorithms/{id}');
    const events = rules.find(({ id }) => id === 'quantum GET /events');
    expect(events).toMatchObject({
      upstream: 'http://127.0.0.1:4402',
      bodyBytesMax: 10 * 1024 ** 2,
      timeoutMs: 30_000,
      file: 'quantum.yaml',
      allow: { object: { text: 'organization:acme', parts: [{ kind: 'text', text: 'acc_1' }] } },
    });
    const read = readTarget({ method: 'HEAD', rawTarget: '/algorithms/qft', host: '127.0.0.1:4400' });
    expect(read.kind === 'target' && table.match(read.target)).toMatchObject({
      kind: 'match',
      params: { id: 'qft' },
      rule: { method: 'GET' },
    });
  });

  it('takes the origin of an upstream from outside', async () => {
    const { rules } = loadedFrom(
      await loadRoutes({ ...(await loadOptions()), upstreams: { 'quantum.api': 'http://127.0.0.1:9' } }),
    );
    expect(new Set(rules.map(({ upstream }) => upstream))).toEqual(new Set(['http://127.0.0.1:9']));
  });

  const overrides: readonly [upstreams: Readonly<Record<string, string>>, problem: RegExp][] = [
    [{ 'quantum.ap': 'http://127.0.0.1:9' }, /no file has the upstream "quantum\.ap"/],
    [
      { 'quantum.api': 'http://127.0.0.1:9/base' },
      /^quantum\.yaml:\d+:8: "http:\/\/127\.0\.0\.1:9\/base" is not an origin/,
    ],
  ];
  it.each(overrides)('refuses %j', async (upstreams, problem) => {
    expect(problemTexts(await loadRoutes({ ...(await loadOptions()), upstreams }))).toEqual([
      expect.stringMatching(problem),
    ]);
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
    const { rules, table } = loadedFrom(await compileTexts({ 'q.yaml': text }));
    expect(
      rules.map(({ id, upstream, bodyBytesMax, timeoutMs, line }) => [id, upstream, bodyBytesMax, timeoutMs, line]),
    ).toEqual([
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

  it('is refused with bytes that are no text', async () => {
    expect(problemTexts(await compileTexts({ 'q.yaml': new Uint8Array([0x61, 0xff]) }))).toEqual([
      'q.yaml:1:1: the file is not UTF-8 text',
    ]);
  });

  it('may not speak for an application that has a file, nor repeat a rule of another one', async () => {
    expect(problemTexts(await compileTexts({ 'a.yaml': routeFile(good), 'b.yaml': routeFile(good) }))).toEqual([
      'b.yaml:2:6: the application "q" has a file already: a.yaml',
    ]);
    const other = routeFile('"GET /a/{x}": { allow: everyone }').replace('app: q', 'app: r');
    expect(problemTexts(await compileTexts({ 'a.yaml': routeFile(good), 'b.yaml': other }))).toEqual([
      'b.yaml:7:5: the rule "r GET /a/{x}" matches the same requests as "q GET /a/{id}" (a.yaml:7)',
    ]);
  });

  const warned: readonly [rules: string, ...warnings: string[]][] = [
    [
      '"GET /{id}": { allow: signed-in }',
      'q.yaml:7:5: the parameter {id} decides nothing: every value of it is allowed alike',
    ],
    ['"GET /{id}/jobs/{job}": { allow: "can_view on content:q.a/{id}" }'],
    [
      '"GET /{org}/{id}": { allow: "can_view on content:q.a/fixed" }',
      'q.yaml:7:5: the parameter {org} decides nothing',
      'q.yaml:7:5: the parameter {id} decides nothing',
    ],
    ['"GET /{account}/{id}": { allow: signed-in }', 'q.yaml:7:5: the parameter {id} decides nothing'],
    ['"GET /{account}/{id}": { allow: "can_view on organization:{account}" }'],
    ['"GET /{id}": { allow: "can_view on organization:{account}" }', 'q.yaml:7:5: the parameter {id} decides nothing'],
    ['"GET /{account}/{id}": { allow: "can_view on content:q.a/{id}" }'],
    ['"GET /{id}": { allow: everyone }'],
    ['"GET /{id}": { allow: nobody }'],
    [
      'GET|PUT /: { allow: can_view on organization:acmee }\nGET /b: { allow: can_view on organization:acmee }',
      'q.yaml:7:37: there is no account "acmee": rules that ask about it refuse everybody',
    ],
    [
      'GET /: { allow: "any of [can_view on organization:a, can_view on organization:b]" }',
      'q.yaml:7:42: there is no account "a"',
      'q.yaml:7:70: there is no account "b"',
    ],
    ['GET /: { allow: can_view on organization:acme }'],
  ];
  it.each(warned)('%s is warned about as it should be', async (rules, ...warnings) => {
    const loaded = loadedFrom(await compileTexts({ 'q.yaml': routeFile(rules, 'params: {}') }));
    expect(problemTexts(loaded)).toEqual(startingWith(warnings));
  });

  it('keeps the name of an account that does not exist, which no tuple carries', async () => {
    const { rules } = loadedFrom(
      await compileTexts({ 'q.yaml': routeFile('GET /: { allow: can_view on organization:acmee }', 'params: {}') }),
    );
    expect(rules).toMatchObject([{ allow: { object: { parts: [{ kind: 'text', text: 'acmee' }] } } }]);
  });

  it('is warned about a declared parameter that stands nowhere', async () => {
    const loaded = loadedFrom(await compileTexts({ 'q.yaml': routeFile(good, 'params: { idd: int }') }));
    expect(problemTexts(loaded)).toEqual(['q.yaml:4:11: no path or host has a parameter {idd}; did you mean "id"?']);
  });
});

describe('the digest', () => {
  it('depends on names and bytes of the files alone', async () => {
    const text = routeFile('GET /a: { allow: everyone }');
    const of = async (files: Readonly<Record<string, string>>): Promise<string> =>
      loadedFrom(await compileTexts(files)).digest;
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

  const inFolder = async (child: string, files: Readonly<Record<string, string>>): Promise<readonly string[]> => {
    const at = join(folder, child);
    await mkdir(at);
    for (const [name, text] of Object.entries(files)) await writeFile(join(at, name), text);
    return problemTexts(await loadRoutes({ ...(await loadOptions()), folder: at }));
  };

  it('is refused when it is not there, is a file or holds nothing', async () => {
    const missing = join(folder, 'missing');
    expect(problemTexts(await loadRoutes({ ...(await loadOptions()), folder: missing }))).toEqual([
      `${missing}:1:1: the folder of route policies does not exist`,
    ]);
    await writeFile(join(folder, 'file'), '');
    expect(problemTexts(await loadRoutes({ ...(await loadOptions()), folder: join(folder, 'file') }))).toEqual([
      expect.stringMatching(/cannot be read \(ENOTDIR\)$/),
    ]);
    expect(await inFolder('empty', { 'README.md': '' })).toEqual([
      expect.stringMatching(/empty:1:1: the folder holds no route file \(\*\.yaml\)$/),
    ]);
  });

  it('is refused with a file of the other ending, a folder instead of a file, and a file that is too large', async () => {
    expect(await inFolder('yml', { 'q.yml': '' })).toEqual([
      'q.yml:1:1: a route file ends with .yaml; did you mean "q.yaml"?',
    ]);
    await mkdir(join(folder, 'nested', 'q.yaml'), { recursive: true });
    expect(problemTexts(await loadRoutes({ ...(await loadOptions()), folder: join(folder, 'nested') }))).toEqual([
      'q.yaml:1:1: this is not a file',
    ]);
    expect(await inFolder('large', { 'q.yaml': '#'.repeat(4 * 1024 ** 2 + 1) })).toEqual([
      'q.yaml:1:1: the file is larger than 4 MB',
    ]);
  });

  it('is loaded in the order of the names, other files left alone', async () => {
    const files = {
      'b.yaml': routeFile('GET /b: { allow: everyone }').replace('app: q', 'app: b'),
      'a.yaml': routeFile('GET /a: { allow: everyone }'),
      'notes.txt': 'x',
      'route-policy.schema.json': '{}',
      '.hidden.yaml': '[',
    };
    expect(await inFolder('good', files)).toEqual(
      [expect.stringMatching(/^b\.yaml:4:11: no path/), expect.stringMatching(/^a/)].toReversed(),
    );
  });
});

it('answers any bytes with rules or with problems that name a line, and never throws', async () => {
  const word = fc.constantFrom(
    'version: 1',
    'app: q',
    'upstreams: { api: http://a }',
    'hosts:',
    '  "*":',
    '    GET /a:',
    '      allow: everyone',
    '      allow: can_view on content:q.a/{id}',
    '      filter: items[*] by can_view on content:q.a/{id}',
    '      registers: content:q.a/{response.id}',
    '      headers: { set: { a: b } }',
    '      headers: { set:',
    '      cors: [*]',
    '    "GET /{id}":',
    'tests:',
    '  expect:',
    '    - bob GET /a -> 200',
    '    - x',
    '  given:',
    '    - organization acme',
    '*a',
    '&a',
    '[',
    '{',
    '? ',
    ': ',
    '!x',
    '|',
    '%',
    '\t',
    '"',
  );
  const text = fc.oneof(
    fc.array(word, { maxLength: 14 }).map((lines) => lines.join('\n')),
    fc.string({ unit: 'binary', maxLength: 60 }),
  );
  const whole = text.map((source) => new TextEncoder().encode(source));
  const cut = fc.tuple(whole, fc.nat({ max: 200 }), fc.uint8Array({ maxLength: 4 }));
  const broken = cut.map(([bytes, at, others]) => Uint8Array.from([...bytes.slice(0, at), ...others]));
  await fc.assert(
    fc.asyncProperty(fc.oneof(whole, broken, fc.uint8Array({ maxLength: 60 })), async (bytes) => {
      const source = new TextDecoder().decode(bytes);
      const loaded = await compileTexts({ 'q.yaml': bytes });
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
