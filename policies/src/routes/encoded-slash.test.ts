import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePathPattern } from './path-pattern.ts';
import { routeTable } from './table.ts';
import { parseSentence } from './sentence.ts';
import { readTarget } from './target.ts';
import type { Rule, RuleOptions } from './rule.ts';
import type { RouteMatch, RouteTable } from './table.ts';

const rule = (path: string, allow = 'everyone', options: RuleOptions = {}): Rule => {
  const pattern = parsePathPattern(path, (name) => (name === 'id' ? 'slug' : 'token'));
  const parsed = parseSentence(allow);
  if (pattern.kind === 'fault' || parsed.kind === 'fault') throw new Error(`not a rule: ${path} ${allow}`);
  return {
    id: path,
    app: 'q',
    method: 'GET',
    host: { kind: 'any' },
    path: pattern.segments,
    allow: parsed.sentence,
    upstream: 'http://127.0.0.1:1',
    bodyBytesMax: 0,
    timeoutMs: 1,
    file: 'q.yaml',
    line: 1,
    ...options,
  };
};
const allows = { allowsEncodedSlash: true } as const;

/** `GET /files/{name} {"name":"a%2Fb"}`, or why not. */
const outcome = (table: RouteTable, rawTarget: string): string => {
  const read = readTarget({ method: 'GET', rawTarget, host: 'h' });
  if (read.kind === 'refused') return read.reason;
  const match: RouteMatch = table.match(read.target);
  switch (match.kind) {
    case 'none':
      return 'none';
    case 'ambiguous-path':
      return `ambiguous_path: ${match.detail}`;
    case 'bad-parameter':
      return `bad parameter ${match.name}`;
    case 'match':
      return `${match.rule.id} ${JSON.stringify(match.params)}`;
  }
};

const view = 'can_view on content:q.file/{name}';
const table = routeTable(
  [
    rule('/files/{name}', 'signed-in', allows),
    rule('/files/{name}/history', 'nobody', allows),
    rule('/slugs/{id}', 'signed-in', allows),
    rule('/tree/**', 'signed-in', allows),
    rule('/tree/{id}/keys', 'nobody'),
    rule('/closed/{name}', 'signed-in'),
    rule('/closed/**', 'signed-in'),
    rule('/decided/{name}', view, allows),
    rule('/within/{name}', 'can_view on content:q.file/x within organization:{name}', allows),
    rule('/beside/{name}', 'signed-in', { ...allows, candidate: rule('/', view).allow }),
    rule('/made/{name}', 'signed-in', {
      ...allows,
      registers: {
        contentKind: 'file',
        id: [{ kind: 'param', name: 'name', alphabet: 'token' }],
        isPrivate: false,
        text: 'content:q.file/{name}',
      },
    }),
    rule('/gone/{name}', 'signed-in', {
      ...allows,
      forgets: { type: 'content', parts: [{ kind: 'param', name: 'name' }], text: 'content:{name}' },
    }),
    rule('/of/{account}', 'signed-in', allows),
    rule('/mixed/{id}/{name}', 'can_view on content:q.file/{id}', allows),
  ],
  () => [],
);
const refused = 'ambiguous_path: an encoded slash stands in the path';

const rows: readonly [rawTarget: string, outcome: string][] = [
  ['/files/a%2Fb', '/files/{name} {"name":"a%2Fb"}'],
  ['/files/a%2fb', '/files/{name} {"name":"a%2Fb"}'],
  ['/files/a%2fb%2Fc.txt', '/files/{name} {"name":"a%2Fb%2Fc.txt"}'],
  ['/files/a%2F%62', '/files/{name} {"name":"a%2Fb"}'],
  ['/files/ab', '/files/{name} {"name":"ab"}'],
  ['/files%2Fa', refused],
  ['/files/a%2Fhistory', 'ambiguous_path: with its slash decoded, the path is that of "/files/{name}/history"'],
  ['/files/a%2F%68istory', 'ambiguous_path: with its slash decoded, the path is that of "/files/{name}/history"'],
  ['/files/a%2Fb/history', '/files/{name}/history {"name":"a%2Fb"}'],
  ['/files/a%252Fb', 'ambiguous_path'],
  ['/files/a%255cb', 'ambiguous_path'],
  ['/files/a%2Fb%5Cc', 'ambiguous_path'],
  ['/files/..%2Fadmin', 'ambiguous_path'],
  ['/files/..%2fadmin', 'ambiguous_path'],
  ['/files/%2e%2e%2fadmin', 'ambiguous_path'],
  ['/files/a%2F..%2Fb', 'ambiguous_path'],
  ['/files/a%2F', 'ambiguous_path'],
  ['/files/%2Fa', 'ambiguous_path'],
  ['/files/a%2F%2Fb', 'ambiguous_path'],
  ['/files/caf%C3%A9%2Fb', 'bad parameter name'],
  ['/files/a%2Fb%20c', 'bad parameter name'],
  ['/slugs/a%2Fb', '/slugs/{id} {"id":"a%2Fb"}'],
  ['/slugs/a%2FB', 'bad parameter id'],
  ['/tree/a%2Fb', '/tree/** {}'],
  ['/tree/a/b%2Fc/d', '/tree/** {}'],
  ['/tree/a%2Fkeys', 'ambiguous_path: with its slash decoded, the path is that of "/tree/{id}/keys"'],
  ['/tree/a%2Fb/keys', refused],
  ['/closed/a%2Fb', refused],
  ['/closed/a%2Fb/c', refused],
  ['/nowhere/a%2Fb', refused],
  ['/decided/a%2Fb', 'bad parameter name'],
  ['/within/a%2Fb', 'bad parameter name'],
  ['/beside/a%2Fb', 'bad parameter name'],
  ['/made/a%2Fb', 'bad parameter name'],
  ['/gone/a%2Fb', 'bad parameter name'],
  ['/of/a%2Fb', 'bad parameter account'],
  ['/mixed/a/b%2Fc', '/mixed/{id}/{name} {"id":"a","name":"b%2Fc"}'],
  ['/mixed/a%2Fb/c', 'bad parameter id'],
];

describe('an encoded slash', () => {
  it.each(rows)('in %s leads to %s', (rawTarget, expected) => {
    expect(outcome(table, rawTarget)).toBe(expected);
  });

  it('stands in no literal of a rule', () => {
    expect(parsePathPattern('/a%2Fb', () => 'token')).toMatchObject({ kind: 'fault' });
  });

  it('reaches no rule that does not allow it, and none that another one would answer with the slash decoded', () => {
    const piece = fc.constantFrom('a', 'b', '{x}', '{y}', '**');
    const patterns = fc.uniqueArray(
      fc
        .tuple(fc.array(piece, { minLength: 1, maxLength: 4 }), fc.boolean())
        .filter(([pieces]) => parsePathPattern(`/${pieces.join('/')}`, () => 'token').kind === 'pattern'),
      { minLength: 1, maxLength: 8, selector: ([pieces]) => pieces.join('/').replaceAll(/\{.\}/g, '{}') },
    );
    const rawTarget = fc
      .array(fc.constantFrom('a', 'b', 'c', 'a%2Fb', 'b%2fa', 'a%2Fb%2Fc', '%61%2f%62', 'c%2Fc'), {
        minLength: 1,
        maxLength: 3,
      })
      .map((segments) => `/${segments.join('/')}`);
    let reached = 0;
    const check = fc.property(patterns, rawTarget, (set, raw) => {
      const rules = set.map(([pieces, isAllowed]) => rule(`/${pieces.join('/')}`, 'everyone', isAllowed ? allows : {}));
      const built = routeTable(rules, () => []);
      const read = readTarget({ method: 'GET', rawTarget: raw, host: 'h' });
      if (read.kind === 'refused' || !read.target.hasEncodedSlash) return;
      const match = built.match(read.target);
      expect(['match', 'ambiguous-path']).toContain(match.kind);
      if (match.kind !== 'match') return;
      reached += 1;
      const segments = decodeURIComponent(read.target.path).slice(1).split('/');
      const decoded = built.match({ host: 'h', method: 'GET', segments });
      const other = decoded.kind === 'none' ? match.rule : decoded.rule;
      expect([match.rule.allowsEncodedSlash, other]).toEqual([true, match.rule]);
    });
    fc.assert(check, { numRuns: 2000 });
    expect(reached, 'some must be answered').toBeGreaterThan(100);
  });
});
