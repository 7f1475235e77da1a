import { describe, expect, it } from 'vitest';
import { compileRoutes } from './load.ts';
import { compileTexts, loadOptions, problemTexts, startingWith } from './test/route-files.ts';
import { ruleLines, ruleParams } from './test/rule-lines.ts';
import type { RoutesLoaded } from './load.ts';
import type { RuleOptions } from './rule.ts';

const loadedFrom = (loaded: RoutesLoaded): Extract<RoutesLoaded, { kind: 'loaded' }> => {
  if (loaded.kind === 'refused') throw new Error(problemTexts(loaded).join('\n'));
  return loaded;
};

const token = (names: readonly string[]) => ({ kind: 'field', names, alphabet: 'token' }) as const;
const slug = (names: readonly string[]) => ({ kind: 'field', names, alphabet: 'slug' }) as const;

describe('the optional keys of a rule', () => {
  const read: readonly [key: string, lines: string, options: RuleOptions][] = [
    ['POST /a', 'acting: can_run', { acting: 'can_run' }],
    [
      'POST /a',
      'registers: content:q.a/{response.id}',
      {
        registers: {
          contentKind: 'a',
          id: [slug(['id'])],
          isPrivate: false,
          text: 'content:q.a/{response.id}',
        },
      },
    ],
    [
      'POST /a/{id}/x',
      'registers: content:q.a-b/x/{id}|{response.data.key} private titled {response.name}-{id}! granting owner',
      {
        registers: {
          contentKind: 'a-b',
          id: [
            { kind: 'text', text: 'x/' },
            { kind: 'param', name: 'id', alphabet: 'slug' },
            { kind: 'text', text: '|' },
            token(['data', 'key']),
          ],
          title: [
            { kind: 'field', names: ['name'], alphabet: 'ulid' },
            { kind: 'text', text: '-' },
            { kind: 'param', name: 'id', alphabet: 'slug' },
            { kind: 'text', text: '!' },
          ],
          granting: 'owner',
          isPrivate: true,
          text: 'content:q.a-b/x/{id}|{response.data.key} private titled {response.name}-{id}! granting owner',
        },
      },
    ],
    [
      'DELETE /a/{id}',
      'forgets: content:q.a/{id}',
      {
        forgets: {
          type: 'content',
          parts: [
            { kind: 'text', text: 'q.a/' },
            { kind: 'param', name: 'id' },
          ],
          text: 'content:q.a/{id}',
        },
      },
    ],
    [
      'GET /a',
      'filter: data.items[*] by can_view on content:q.a/{meta.id}',
      {
        filter: {
          list: ['data', 'items'],
          relation: 'can_view',
          type: 'content',
          id: [{ kind: 'text', text: 'q.a/' }, slug(['meta', 'id'])],
          text: 'data.items[*] by can_view on content:q.a/{meta.id}',
        },
      },
    ],
    [
      'GET /a',
      'filter: "[*] by can_view on organization:{owner}"',
      {
        filter: {
          list: [],
          relation: 'can_view',
          type: 'organization',
          id: [token(['owner'])],
          text: '[*] by can_view on organization:{owner}',
        },
      },
    ],
    ['POST /a', 'meter: a.b_c-1', { meter: 'a.b_c-1' }],
    ['GET /a', 'credentials: [session, "jwt:acme", token]', { credentials: ['session', 'jwt:acme', 'token'] }],
    ['GET /a', 'cache: off', { cacheMsMax: 0 }],
    ['GET /a', 'cache: 60s', { cacheMsMax: 60_000 }],
    ['GET /a', 'cache: 1ms', { cacheMsMax: 1 }],
    ['GET /api/v1/a', 'strip: /api/v1', { stripSegments: 2 }],
    ['GET /api/**', 'strip: /api', { stripSegments: 1 }],
    ['GET /api/', 'strip: /api', { stripSegments: 1 }],
    ['GET /b%21/a', 'strip: /b%21', { stripSegments: 1 }],
    [
      'GET /a',
      'headers: { set: { X-Stage: "a b", x-empty: "" }, remove: [X-Debug] }',
      {
        headers: {
          set: [
            ['x-stage', 'a b'],
            ['x-empty', ''],
          ],
          remove: ['x-debug'],
        },
      },
    ],
    ['GET /a', 'headers: { remove: [Accept-Encoding] }', { headers: { set: [], remove: ['accept-encoding'] } }],
    ['GET /a', 'identity: remote-user', { identity: 'remote-user' }],
    ['GET /a', 'on-401: login', { on401: 'login' }],
    ['GET /a', 'mode: shadow', { mode: 'shadow' }],
    ['POST /a', 'mode: shadow\nmeter: a', { mode: 'shadow', meter: 'a' }],
    ['GET /a', 'candidate: nobody', { candidate: { kind: 'nobody' } }],
    [
      'GET /a',
      'cors: [https://app.example, "http://[::1]:8080"]',
      { cors: ['https://app.example', 'http://[::1]:8080'] },
    ],
  ];
  it.each(read)('of %s are read from %j', async (key, lines, options) => {
    const plain = loadedFrom(await compileTexts({ 'q.yaml': ruleLines(key, 'body: 1KB') })).rules;
    const { rules } = loadedFrom(await compileTexts({ 'q.yaml': ruleLines(key, `body: 1KB\n${lines}`) }));
    expect(rules).toStrictEqual(plain.map((rule) => ({ ...rule, ...options })));
  });

  it('belong to each method of the key', async () => {
    const { rules } = loadedFrom(await compileTexts({ 'q.yaml': ruleLines('PUT|PATCH /a', 'meter: edits') }));
    expect(rules.map(({ method, meter }) => [method, meter])).toEqual([
      ['PUT', 'edits'],
      ['PATCH', 'edits'],
    ]);
  });

  it('put the id of an account in the place of its slug in a candidate, and warn where there is none', async () => {
    const candidate = 'candidate: any of [can_view on organization:acme, can_view on organization:acmee]';
    const loaded = loadedFrom(await compileTexts({ 'q.yaml': ruleLines('GET /a', candidate) }));
    expect(loaded.rules[0]?.candidate).toMatchObject({
      of: [{ object: { parts: [{ text: 'acc_1' }] } }, { object: { parts: [{ text: 'acmee' }] } }],
    });
    expect(problemTexts(loaded)).toContainEqual(
      'q.yaml:9:69: there is no account "acmee": rules that ask about it refuse everybody',
    );
  });

  it('take from the query what is forgotten, where `allow` asks about it', async () => {
    const text = ruleLines('DELETE /a', 'forgets: content:q.a/{query.id}', 'can_delete on content:q.a/{query.id}');
    expect(loadedFrom(await compileTexts({ 'q.yaml': text })).rules[0]?.forgets?.parts[1]).toEqual({
      kind: 'query',
      name: 'id',
    });
  });

  it('know the issuers of JWTs where they are told', async () => {
    const bytes = new TextEncoder().encode(ruleLines('GET /a', 'credentials: ["jwt:acme", "jwt:acne", "jwt:x"]'));
    const loaded = await compileRoutes([{ file: 'q.yaml', bytes }], { ...(await loadOptions()), jwtIssuers: ['acme'] });
    expect(problemTexts(loaded)).toEqual([
      'q.yaml:9:33: there is no issuer "acne"; did you mean "acme"?',
      'q.yaml:9:45: there is no issuer "x"',
    ]);
  });

  const warned: readonly [key: string, lines: string, ...warnings: string[]][] = [
    ['GET /a/**', 'encoded-slash: allow', 'q.yaml:9:22: %2F passes in this path'],
    [
      'POST /a/{id}',
      'registers: content:q.a/{id}',
      'q.yaml:7:5: the parameter {id} decides nothing: every value of it is allowed alike',
    ],
    ['DELETE /a/{id}', 'forgets: content:q.a/{id}', 'q.yaml:7:5: the parameter {id} decides nothing'],
    ['GET /a/{id}', 'candidate: can_view on content:q.a/{id}', 'q.yaml:7:5: the parameter {id} decides nothing'],
  ];
  it.each(warned)('of %s are warned about with %j', async (key, lines, ...warnings) => {
    const used = ruleLines(key, lines).replace(ruleParams, 'params: {}');
    expect(problemTexts(loadedFrom(await compileTexts({ 'q.yaml': used })))).toEqual(startingWith(warnings));
  });

  it.each([
    ['GET /a', 'filter: "[*] by can_view on content:q.a/{key}"'],
    ['POST /a', 'registers: content:q.a/{response.key}'],
  ])('of %s make use of the alphabet of a field: %s', async (key, lines) => {
    const text = ruleLines(key, lines).replace(ruleParams, 'params: { key: int }');
    expect(problemTexts(loadedFrom(await compileTexts({ 'q.yaml': text })))).toEqual([]);
  });
});
