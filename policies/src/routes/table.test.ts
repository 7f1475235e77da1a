import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { obeys } from './alphabet.ts';
import { parseHostPattern, hostShape } from './host-pattern.ts';
import { parsePathPattern, pathShape } from './path-pattern.ts';
import { readTarget } from './target.ts';
import { routeTable } from './table.ts';
import type { Alphabet, Rule } from './rule.ts';
import type { RouteMatch, RouteTable } from './table.ts';
import type { Target } from './target.ts';

const alphabets: Readonly<Record<string, Alphabet>> = { n: 'int', account: 'slug', s: 'slug' };
/** Of `s` and `s1` alike: a path has each name once. */
const alphabetOf = (name: string): Alphabet => alphabets[name.replace(/\d$/, '')] ?? 'token';

/** `GET host/path`, with `*` for any host. */
const rule = (text: string): Rule => {
  const [, method = '', host = '', path = ''] = /^(\S+) ([^/]+)(\/.*)$/.exec(text) ?? [];
  const hosts = parseHostPattern(host, alphabetOf);
  const paths = parsePathPattern(path, alphabetOf);
  if (hosts.kind === 'fault' || paths.kind === 'fault') throw new Error(`not a rule: ${text}`);
  return {
    id: text,
    app: 'quantum',
    method,
    host: hosts.pattern,
    path: paths.segments,
    allow: { kind: 'everyone' },
    upstream: 'http://127.0.0.1:4402',
    bodyBytesMax: 0,
    timeoutMs: 1,
    file: 'quantum.yaml',
    line: 1,
  };
};

const table = (...texts: readonly string[]): RouteTable => routeTable(texts.map(rule), () => []);

const target = (method: string, host: string, path: string): Target => {
  const read = readTarget({ method, host, rawTarget: path });
  if (read.kind === 'refused') throw new Error(read.detail);
  return read.target;
};

const outcome = (match: RouteMatch): string => {
  switch (match.kind) {
    case 'none':
      return 'none';
    case 'bad-parameter':
      return `${match.rule.id} refuses ${match.name}`;
    case 'ambiguous-path':
      return `ambiguous: ${match.detail}`;
    case 'match':
      return match.rule.id;
  }
};

const routes = table(
  'GET */',
  'GET */a',
  'GET */a/',
  'GET */a/{id}',
  'GET */a/me',
  'PUT */a/{id}',
  'GET */a/{id}/b',
  'GET */a/me/c',
  'GET */x/**',
  'GET */x/y',
  'GET */n/{n}',
  'GET */n/**',
  'HEAD */h',
  'GET */h',
  'GET */b%21',
  'GET quantum.example/a',
  'GET *.t.example/a',
  'GET {account}.u.example/a/{id}',
  'GET one.t.example/only',
);

const items = { list: ['items'], relation: 'can_view', type: 'content', id: [], text: '' } as const;

describe('a rule that filters', () => {
  it.each([
    ['nothing else', []],
    ['a wider rule', ['GET */**', 'HEAD */**', 'GET */{x}']],
  ])('answers GET, and nobody answers HEAD in its place, beside %s', (_what, others) => {
    const filtering = routeTable([{ ...rule('GET */list'), filter: items }, ...others.map(rule)], () => []);
    expect(outcome(filtering.match(target('GET', 'h', '/list')))).toBe('GET */list');
    expect(outcome(filtering.match(target('HEAD', 'h', '/list')))).toBe('none');
  });
});

describe('a route table', () => {
  const rows: readonly [request: string, outcome: string][] = [
    ['GET h/', 'GET */'],
    ['GET h/a', 'GET */a'],
    ['GET h/a/', 'GET */a/'],
    ['GET h/A', 'none'],
    ['GET h/a/1', 'GET */a/{id}'],
    ['GET h/a/me', 'GET */a/me'],
    ['GET h/a/me/b', 'GET */a/{id}/b'],
    ['GET h/a/me/c', 'GET */a/me/c'],
    ['GET h/a/1/c', 'none'],
    ['GET h/a/1/b/', 'none'],
    ['PUT h/a/1', 'PUT */a/{id}'],
    ['PUT h/a/me', 'PUT */a/{id}'],
    ['DELETE h/a/1', 'none'],
    ['GET h/x', 'none'],
    ['GET h/x/', 'GET */x/**'],
    ['GET h/x/y', 'GET */x/y'],
    ['GET h/x/y/', 'GET */x/**'],
    ['GET h/x/y/z', 'GET */x/**'],
    ['GET h/n/7', 'GET */n/{n}'],
    ['GET h/n/seven', 'GET */n/{n} refuses n'],
    ['GET h/n/07', 'GET */n/{n} refuses n'],
    ['GET h/n/7/8', 'GET */n/**'],
    ['GET h/n/', 'GET */n/**'],
    ['GET h/a/caf%C3%A9', 'GET */a/{id} refuses id'],
    [`GET h/a/${'i'.repeat(129)}`, 'GET */a/{id} refuses id'],
    ['HEAD h/a/1', 'GET */a/{id}'],
    ['HEAD h/h', 'HEAD */h'],
    ['GET h/h', 'GET */h'],
    ['GET h/b!', 'GET */b%21'],
    ['GET h/b%21', 'GET */b%21'],
    ['GET quantum.example/a', 'GET quantum.example/a'],
    ['GET QUANTUM.example.:81/a', 'GET quantum.example/a'],
    ['GET quantum.example/a/1', 'none'],
    ['GET two.t.example/a', 'GET *.t.example/a'],
    ['GET one.t.example/only', 'GET one.t.example/only'],
    ['GET one.t.example/a', 'none'],
    ['GET a.b.t.example/a', 'GET */a'],
    ['GET t.example/a', 'GET */a'],
    ['GET acme.u.example/a/1', 'GET {account}.u.example/a/{id}'],
    ['GET ac_me.u.example/a/1', 'GET {account}.u.example/a/{id} refuses account'],
  ];
  it.each(rows)('answers %s with %s', (request, expected) => {
    const [, method = '', host = '', path = ''] = /^(\S+) ([^/]+)(\/.*)$/.exec(request) ?? [];
    expect(outcome(routes.match(target(method, host, path)))).toBe(expected);
  });

  it('binds the parameters of host and path', () => {
    expect(routes.match(target('GET', 'acme.u.example', '/a/qft'))).toMatchObject({
      params: { account: 'acme', id: 'qft' },
    });
  });

  const misses: readonly [request: [string, string, string], near: readonly string[]][] = [
    [
      ['DELETE', 'h', '/a/1'],
      ['GET */a/{id}: the method is DELETE, the rule has GET', 'PUT */a/{id}: the method is DELETE, the rule has PUT'],
    ],
    [
      ['GET', 'h', '/onyl'],
      [
        'GET */a: segment 1 is "onyl", the rule has "a"',
        'GET */h: segment 1 is "onyl", the rule has "h"',
        'GET */b%21: segment 1 is "onyl", the rule has "b!"',
      ],
    ],
    [['GET', 'one.t.example', '/onyl'], ['GET one.t.example/only: segment 1 is "onyl", the rule has "only"']],
    [['GET', 'h', '/only'], ['GET one.t.example/only: the host is h, the rule has one.t.example']],
    [
      ['GET', 'h', '/h/'],
      ['GET */h: the path ends with a slash, the rule does not', 'GET */a/: segment 1 is "h", the rule has "a"'],
    ],
    [['GET', 'h', '/x'], ['GET */x/**: the rule is about the path with a slash at its end']],
    [
      ['PATCH', 'h', '/n/seven'],
      [
        'GET */n/{n}: the method is PATCH, the rule has GET and segment 2 is "seven", which is outside the alphabet of {n} (int)',
      ],
    ],
    [
      ['GET', 'quantum.example', '/a/1'],
      ['GET */a/{id}: the host is quantum.example, which has rules of its own beside *'],
    ],
    [['POST', 'nowhere.example', '/q/r/s/t/u'], []],
  ];
  it.each(misses)('names what came near to %j', (request, near) => {
    const found = routes.near(target(...request)).map(({ route, lacks }) => `${route}: ${lacks}`);
    expect(near.length === 0 ? found : found.filter((one) => near.includes(one))).toEqual(near);
  });
});

/** The same meaning without a trie: every rule is compared, then the most specific is taken. */
const naive = (rules: readonly Rule[], { host, method, segments }: Target): string => {
  const rank = { exact: 2, label: 1, any: 0 } as const;
  const fits = ({ host: pattern }: Rule): boolean =>
    pattern.kind === 'any' ||
    (pattern.kind === 'exact'
      ? pattern.host === host
      : host.endsWith(`.${pattern.suffix}`) && !host.slice(0, -pattern.suffix.length - 1).includes('.'));
  const best = Math.max(-1, ...rules.filter(fits).map((one) => rank[one.host.kind]));
  const owned = rules.filter((one) => fits(one) && rank[one.host.kind] === best);
  const shape = (one: Rule): string => hostShape(one.host) + pathShape(one.path);
  const serves = (one: Rule): boolean =>
    one.method === method ||
    (method === 'HEAD' &&
      one.method === 'GET' &&
      !owned.some((other) => other.method === 'HEAD' && shape(other) === shape(one)));
  const order = { literal: 'c', param: 'b', rest: 'a' } as const;
  const key = (one: Rule): string => one.path.map(({ kind }) => order[kind]).join('');
  const pathFits = ({ path }: Rule): boolean => {
    const rest = path.at(-1)?.kind === 'rest';
    if (rest ? segments.length < path.length : segments.length !== path.length) return false;
    return path.every(
      (segment, index) =>
        segment.kind === 'rest' ||
        (segment.kind === 'literal' ? segment.text === segments[index] : segments[index] !== ''),
    );
  };
  const [winner] = owned
    .filter((one) => serves(one) && pathFits(one))
    .toSorted((left, right) => (key(left) < key(right) ? 1 : -1));
  if (winner === undefined) return 'none';
  const label = winner.host.kind === 'label' ? winner.host : undefined;
  if (label?.param !== undefined && !obeys(label.alphabet ?? 'token', host.slice(0, -label.suffix.length - 1)))
    return `${winner.id} refuses ${label.param}`;
  const bad = winner.path.findIndex(
    (segment, index) => segment.kind === 'param' && !obeys(segment.alphabet, segments[index] ?? ''),
  );
  const segment = winner.path[bad];
  return segment?.kind === 'param' ? `${winner.id} refuses ${segment.name}` : winner.id;
};

it('answers like a matcher that compares every rule', () => {
  const piece = fc.constantFrom('a', 'b', '{x}', '{n}');
  const pathPattern = fc
    .tuple(fc.array(piece, { maxLength: 3 }), fc.constantFrom('', 'a', '**', '{x}'))
    .map(([pieces, last]) => {
      const unique = pieces.map((text, index) => (text.startsWith('{') ? `{${text.slice(1, -1)}${index}}` : text));
      return `/${[...unique, last].join('/')}`.replace('{n', '{s');
    });
  const hostPattern = fc.constantFrom(
    '*',
    'a.example',
    '*.example',
    '{account}.example',
    '{account}.b.example',
    '*.b.example',
    'c.b.example',
    '{tenant}.b.example',
  );
  const ruleText = fc
    .tuple(fc.constantFrom('GET', 'HEAD', 'PUT'), hostPattern, pathPattern)
    .map(([method, host, path]) => `${method} ${host}${path}`);
  const rules = fc.array(ruleText, { minLength: 1, maxLength: 12 }).map((texts) => {
    const seen = new Set<string>();
    return texts.map(rule).filter((one) => {
      const shape = `${one.method} ${hostShape(one.host)} ${pathShape(one.path)}`;
      return !seen.has(shape) && seen.add(shape);
    });
  });
  const path = fc
    .tuple(fc.array(fc.constantFrom('a', 'b', 'c', 'A.'), { maxLength: 4 }), fc.constantFrom('', 'a', 'b'))
    .map(([pieces, last]) => `/${[...pieces, last].join('/')}`);
  const hostSent = fc.constantFrom(
    'a.example',
    'b.example',
    'c.b.example',
    'd.b.example',
    'd_e.b.example',
    'D.B.example.:80',
    'x.c.b.example',
    'a_b.example',
    'example',
    'h',
  );
  const request = fc
    .tuple(fc.constantFrom('GET', 'HEAD', 'PUT'), hostSent, path)
    .map(([method, host, raw]) => target(method, host, raw));
  const outcomes = new Set<string>();
  fc.assert(
    fc.property(rules, fc.array(request, { minLength: 1, maxLength: 8 }), (set, requests) => {
      const built = routeTable(set, () => []);
      for (const one of requests) {
        const got = outcome(built.match(one));
        expect(got).toBe(naive(set, one));
        outcomes.add(got);
      }
    }),
    { numRuns: 1500 },
  );
  expect([...outcomes]).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/\{account\}\.b\.example\S*$/),
      expect.stringMatching(/ refuses account$/),
      expect.stringMatching(/ [*]\.b\.example\S*$/),
      expect.stringMatching(/ refuses s\d/),
    ]),
  );
});
