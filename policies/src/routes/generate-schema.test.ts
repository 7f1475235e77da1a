import { readFile } from 'node:fs/promises';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { generateSchema } from './generate-schema.ts';
import { compileTexts } from './test/route-files.ts';
import { readYaml } from './yaml-file.ts';
import { checkShape, routeFile } from './schema.ts';
import { ruleEntry } from './rule-schema.ts';

const shipped = (name: string): Promise<string> => readFile(new URL(`../../routes/${name}`, import.meta.url), 'utf8');

const accepts = new Ajv({ allErrors: true }).compile(JSON.parse(generateSchema()) as object);

/** Whether the loader takes the shape of a file, and the whole of it. JSON is YAML. */
const loaderSays = async (file: unknown): Promise<{ readonly shape: boolean; readonly loads: boolean }> => {
  const text = JSON.stringify(file);
  const read = readYaml('q.yaml', text);
  const shape = read.kind === 'read' && checkShape(read.yaml).kind === 'file';
  return { shape, loads: (await compileTexts({ 'q.yaml': text })).kind === 'loaded' };
};

const rule = { allow: 'signed-in' };
const file = (rules: object, others: object = {}): object => ({
  version: 1,
  app: 'q',
  upstreams: { api: 'http://a' },
  hosts: { '*': rules },
  ...others,
});

describe('the JSON Schema of route files', () => {
  it('is generated; if not, run npm run generate', async () => {
    expect(await shipped('route-policy.schema.json')).toBe(generateSchema());
  });

  it('accepts the shipped policy, which names it for editors', async () => {
    const text = await shipped('quantum.yaml');
    expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=./route-policy.schema.json');
    expect([accepts(parse(text)), accepts.errors]).toEqual([true, null]);
  });

  it('explains every key of a rule', () => {
    const { properties } = (
      JSON.parse(generateSchema()) as {
        properties: { hosts: { additionalProperties: { additionalProperties: { properties: object } } } };
      }
    ).properties.hosts.additionalProperties.additionalProperties;
    expect(Object.keys(properties)).toEqual(Object.keys(ruleEntry.shape));
    for (const property of Object.values(properties))
      expect(property).toMatchObject({ description: expect.stringMatching(/^.{20,}\.$/) });
    expect(Object.keys(routeFile.shape)).toEqual(['version', 'app', 'upstreams', 'params', 'hosts', 'tests']);
  });

  const right: readonly [what: string, file: object][] = [
    ['no rules', file({})],
    ['methods', file({ 'GET|PUT /a/{id}/**': rule })],
    ['sentences', file({ 'GET /': { allow: ' any of[ signed-in,can_view  on content:q.a/b\n]' } })],
    ['sizes', file({ 'GET /': { ...rule, body: 5, timeout: '500 ms' } })],
    ['hosts', file({}, { hosts: { '[::1]': { 'GET /': rule }, '{account}.t.example': {}, '*.t.example': {} } })],
    ['parameters', file({ 'GET /{id}': { allow: 'everyone' } }, { params: { id: 'ulid' } })],
    [
      'tests',
      file(
        { 'GET /': rule },
        { tests: { expect: ['bob as bob GET h.example/ -> 200', 'nobody GET / -> 401 sign_in_required'] } },
      ),
    ],
    ['given', file({ 'GET /': rule }, { tests: { given: ['organization acme'], expect: [] } })],
  ];
  it.each(right)('accepts %s as the loader does', async (_what, text) => {
    expect(await loaderSays(text)).toEqual({ shape: true, loads: true });
    expect([accepts(text), accepts.errors]).toEqual([true, null]);
  });

  const wrong: readonly [what: string, file: unknown][] = [
    ['nothing', null],
    ['a list', []],
    ['another version', file({}, { version: 2 })],
    ['no application', file({}, { app: undefined })],
    ['an application in capitals', file({}, { app: 'Q' })],
    ['an unknown key', file({}, { upstream: {} })],
    ['no upstream', file({}, { upstreams: {} })],
    ['a wrong name of an upstream', file({}, { upstreams: { A: 'http://a' } })],
    ['an upstream that is no text', file({}, { upstreams: { a: 1 } })],
    ['no host', file({}, { hosts: {} })],
    ['a rule that is no map', file({ 'GET /': 'signed-in' })],
    ['a rule without a sentence', file({ 'GET /': { body: '1KB' } })],
    ['a key of a rule that is not there yet', file({ 'GET /': { ...rule, rate: '1/s' } })],
    ['a wrong choice', file({ 'GET /': { ...rule, 'on-401': 'logon' } })],
    ['an empty list of origins', file({ 'GET /': { ...rule, cors: [] } })],
    ['a header whose value has a line break', file({ 'GET /': { ...rule, headers: { set: { a: 'b\nc' } } } })],
    ['an unknown key of headers', file({ 'GET /': { ...rule, headers: { sets: {} } } })],
    ['tests without expectations', file({}, { tests: {} })],
    ['given that is no list', file({}, { tests: { given: 'x', expect: [] } })],
  ];
  it.each(wrong)('refuses %s as the loader does', async (_what, text) => {
    expect(await loaderSays(text)).toEqual({ shape: false, loads: false });
    expect(accepts(text)).toBe(false);
  });

  const wrongTexts: readonly [what: string, file: object][] = [
    ['a method that is none', file({ 'GOT /': rule })],
    ['a path without a slash', file({ 'GET a': rule })],
    ['a host in capitals', file({}, { hosts: { 'A.example': {} } })],
    ['a sentence that is none', file({ 'GET /': { allow: 'everyon' } })],
    ['a size that is none', file({ 'GET /': { ...rule, body: 'big' } })],
    ['a duration without unit', file({ 'GET /': { ...rule, timeout: 30 } })],
    ['an upstream with a path', file({}, { upstreams: { a: 'http://a/b' } })],
    ['an alphabet that is none', file({}, { params: { id: 'slog' } })],
    ['an expectation that is none', file({}, { tests: { expect: ['x'] } })],
    ['a strip with a slash at its end', file({ 'GET /a/b': { ...rule, strip: '/a/' } })],
    ['a header whose name has a blank', file({ 'GET /': { ...rule, headers: { remove: ['a b'] } } })],
  ];
  it.each(wrongTexts)('refuses %s, whose shape alone is right', async (_what, text) => {
    expect(await loaderSays(text)).toEqual({ shape: true, loads: false });
    expect(accepts(text)).toBe(false);
  });
});

it('accepts whatever loads, and refuses whatever has not the shape', async () => {
  const pools = {
    allow: ['signed-in', 'can_view on content:q.a/{id}', 'nobody', 'can_view of x', 1],
    to: ['api', 'other', 1],
    acting: ['can_run', 'runs', null],
    registers: ['content:q.a/{response.id} private titled x granting owner', 'content:q.a/{id}', 'team:x', 1],
    forgets: ['content:q.a/{id}', 'content:q.a/x|{id}', 'x', []],
    filter: ['[*] by can_view on content:q.a/{id}', 'a.b[*]  by  can_view on organization:{x.y}', 'items', {}],
    meter: ['runs', 'a-b.c_d', 'Runs', 1],
    credentials: [['session'], ['token', 'jwt:a'], ['x'], [], 'session'],
    cache: ['off', '30s', '1m', '2m', 30, false],
    body: ['1KB', 1, '1 MB', 'x', -1, []],
    timeout: ['1s', '10 ms', 1, null],
    strip: ['/p', '/p/q', '/', 'p', 1],
    headers: [{ set: { 'X-A': 'b' } }, { remove: ['X-B'], set: {} }, {}, { set: { a: 1 } }, { remove: [' '] }],
    identity: ['gatehouse', 'remote-user', 'x'],
    'on-401': ['json', 'login', true],
    'encoded-slash': ['allow', 'deny'],
    mode: ['live', 'shadow', 'dark'],
    candidate: ['everyone', 'any of [nobody, everyone]', '[]', 1],
    cors: [['https://a.example'], ['http://[::1]:1'], ['*'], ['https://a.example/'], 1],
  } as const;
  expect(Object.keys(pools).toSorted()).toEqual(Object.keys(ruleEntry.shape).toSorted());
  const { allow, ...others } = pools;
  const ruleOf = fc
    .tuple(fc.constantFrom(...allow), fc.subarray(Object.entries(others), { maxLength: 2 }))
    .chain(([sentence, chosen]) =>
      fc.record({
        allow: fc.constant(sentence),
        ...Object.fromEntries(chosen.map(([key, pool]) => [key, fc.constantFrom<unknown>(...pool)])),
      }),
    );
  const key = fc.constantFrom('GET /p/q/{id}', 'POST /p/q/{id}', 'DELETE|PUT /p/**', 'GET p', 'FETCH /p');
  const seen = { loaded: 0, misshapen: 0 };
  await fc.assert(
    fc.asyncProperty(key, ruleOf, async (at, entry) => {
      const text = file({ [at]: entry });
      const { shape, loads } = await loaderSays(text);
      const isAccepted = accepts(text);
      expect(loads ? accepts.errors : null).toBeNull();
      expect(isAccepted && !shape).toBe(false);
      seen.loaded += loads ? 1 : 0;
      seen.misshapen += shape ? 0 : 1;
    }),
    { numRuns: 600 },
  );
  expect(seen.loaded).toBeGreaterThan(10);
  expect(seen.misshapen).toBeGreaterThan(10);
}, 30_000);
