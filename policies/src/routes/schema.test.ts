import { describe, expect, it } from 'vitest';
import { compileTexts, problemTexts, routeFile, startingWith } from './test/route-files.ts';

const good = 'GET /a/{id}: { allow: "can_view on content:q.a/{id}" }';

describe('the shape of a route file', () => {
  const rows: readonly [what: string, text: string, ...problems: string[]][] = [
    ['an empty file', '', 'q.yaml:1:1: a map of `version`, `app`, `upstreams` and `hosts` expected here'],
    ['a list', '- a\n', 'q.yaml:1:1: a map of `version`, `app`, `upstreams` and `hosts` expected here'],
    [
      'missing keys',
      'version: 1\n',
      'q.yaml:1:1: `app: NAME` is missing',
      'q.yaml:1:1: a map of upstreams (`upstreams: { api: http://127.0.0.1:4402 }`) is missing',
      'q.yaml:1:1: a map of hosts (`hosts: { "*": … }`) is missing',
    ],
    ['another version', routeFile(good).replace('version: 1', 'version: 2'), 'q.yaml:1:10: `version: 1` expected here'],
    [
      'an app that is no slug',
      routeFile(good).replace('app: q', 'app: Q'),
      'q.yaml:2:6: the name of an application is lower-case letters, digits and "-"',
    ],
    [
      'an unknown key',
      routeFile(good).replace('upstreams', 'upstream'),
      'q.yaml:1:1: a map of upstreams',
      'q.yaml:3:1: unknown key "upstream"; did you mean "upstreams"?',
    ],
    [
      'no upstream',
      routeFile(good).replace('{ api: http://127.0.0.1:1 }', '{}'),
      'q.yaml:3:12: an application has at least one upstream',
    ],
    [
      'an upstream with a path',
      routeFile(good).replace(':1 }', ':1/base }'),
      'q.yaml:3:19: "http://127.0.0.1:1/base" is not an origin',
    ],
    [
      'an upstream with a slash',
      routeFile(good).replace(':1 }', ':1/ }'),
      'q.yaml:3:19: "http://127.0.0.1:1/" is not an origin',
    ],
    [
      'an upstream with a user',
      routeFile(good).replace('//127', '//bob@127'),
      'q.yaml:3:19: "http://bob@127.0.0.1:1" is not an origin',
    ],
    [
      'an upstream of another scheme',
      routeFile(good).replace('http:', 'ftp:'),
      'q.yaml:3:19: "ftp://127.0.0.1:1" is not an origin',
    ],
    ['an empty rule', routeFile('GET /a:'), 'q.yaml:7:12: the keys of a rule, at least `allow`, expected here'],
    ['tests without `expect`', `${routeFile(good)}tests:\n  given: []\n`, 'q.yaml:8:1: `expect: [LINE, …]` is missing'],
    ['tests that are empty', `${routeFile(good)}tests:\n`, 'q.yaml:8:7: a map of `given` and `expect` expected here'],
    [
      'tests that are one line',
      `${routeFile(good)}tests: { expect: x }\n`,
      'q.yaml:8:18: a list of lines expected here',
    ],
    [
      'an alphabet that is a list',
      routeFile(good, 'params: { id: [a] }'),
      'q.yaml:4:15: the alphabet of a parameter (slug, int, uuid, ulid, token) expected here',
    ],
    ['a missing sentence', routeFile('GET /a: { body: 1KB }'), 'q.yaml:7:5: `allow: SENTENCE` is missing'],
    [
      'a mistyped key of a rule',
      routeFile('GET /: { alow: everyone }'),
      'q.yaml:7:5: `allow: SENTENCE` is missing',
      'q.yaml:7:14: unknown key "alow"; did you mean "allow"?',
    ],
    [
      'a key that is not supported yet',
      routeFile('GET /:\n  allow: everyone\n  filter: items[*] by can_view on content:q.a/{id}'),
      'q.yaml:9:7: `filter` is not supported yet',
    ],
    [
      'a shadowed rule',
      routeFile('GET /: { allow: everyone, mode: shadow }'),
      'q.yaml:7:31: `mode` is not supported yet',
    ],
  ];
  it.each(rows)('is refused with %s', async (_what, text, ...problems) => {
    expect(problemTexts(await compileTexts({ 'q.yaml': text }))).toEqual(startingWith(problems));
  });
});
