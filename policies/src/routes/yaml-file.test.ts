import { describe, expect, it } from 'vitest';
import { compileTexts, problemTexts, routeFile, startingWith } from './test/route-files.ts';

const good = 'GET /a/{id}: { allow: "can_view on content:q.a/{id}" }';

describe('the YAML of a route file', () => {
  const rows: readonly [what: string, text: string, ...problems: string[]][] = [
    ['an unquoted star', routeFile(good).replace('"*"', '*'), 'q.yaml:6:3: the key * needs quotes: "*"'],
    [
      'the same key twice',
      routeFile('GET /a: { allow: everyone }\nGET /a: { allow: nobody }'),
      'q.yaml:8:5: the same key stands twice',
    ],
    [
      'an alias',
      routeFile(good, 'params: &p { n: int }').replace(
        '{ api: http://127.0.0.1:1 }',
        '&x { api: http://127.0.0.1:1 }',
      ) + 'tests: *x\n',
      'q.yaml:8:8: aliases are not supported',
    ],
    [
      'a bomb of aliases',
      `a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n`,
      'q.yaml:2:8: aliases',
      'q.yaml:2:12: aliases',
      'q.yaml:3:5: aliases',
      'q.yaml:3:9: aliases',
    ],
    ['a tag', 'app: !!set { a }\n', 'q.yaml:1:12: the tag tag:yaml.org,2002:set is not supported'],
    [
      'a key that is no text',
      routeFile('GET /a: { allow: everyone }').replace('api:', '1:'),
      'q.yaml:3:14: a key must be text; put it in quotes',
    ],
    [
      'a key of objects',
      routeFile('GET /a: { allow: everyone }').replace('api:', '__proto__:'),
      'q.yaml:3:14: "__proto__" is not a key',
    ],
    [
      'two documents',
      `${routeFile(good)}---\n${routeFile(good)}`,
      'q.yaml:8:1: not valid YAML: source contains multiple documents',
    ],
    ['an older YAML', `%YAML 1.1\n---\n${routeFile(good)}`, 'q.yaml:1:1: a %YAML directive is not supported'],
    ['lists in lists without end', `a: ${'['.repeat(200_000)}`, 'q.yaml:1:67: lists and maps are nested too deep'],
    ['maps in maps without end', '{a: '.repeat(200_000), 'q.yaml:1:257: lists and maps are nested too deep'],
    ['lists on one line without end', '- '.repeat(200_000), 'q.yaml:1:129: lists and maps are nested too deep'],
    [
      'blocks in blocks without end',
      Array.from({ length: 500 }, (_, depth) => `${' '.repeat(depth)}a:\n`).join(''),
      'q.yaml:65:',
    ],
    ['nesting behind brackets that are text', `a: it's\nb: "]]]]" # ]]]]\nc: ${'["]]", '.repeat(1_000)}`, 'q.yaml:3:'],
    ['broken YAML', 'app: "q\n', 'q.yaml:'],
    ['a tab', 'hosts:\n\ta: 1\n', 'q.yaml:2:1: not valid YAML: tabs are not allowed as indentation'],
  ];
  it.each(rows)('is refused with %s', async (_what, text, ...problems) => {
    expect(problemTexts(await compileTexts({ 'q.yaml': text }))).toEqual(startingWith(problems));
  });
});
