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
      'keys that are not supported yet',
      routeFile(
        'GET /:\n  allow: everyone\n  rate: 100/min per subject\n  inject: credential q as header X-T\n  upgrade: websocket',
      ),
      'q.yaml:9:7: `rate` is not supported yet',
      'q.yaml:10:7: `inject` is not supported yet',
      'q.yaml:11:7: `upgrade` is not supported yet',
    ],
    [
      'a mistyped choice',
      routeFile('GET /: { allow: everyone, on-401: logn, mode: shadw, identity: x, encoded-slash: 1 }'),
      'q.yaml:7:39: `login` or `json` expected here; did you mean "login"?',
      'q.yaml:7:51: `live` or `shadow` expected here; did you mean "shadow"?',
      'q.yaml:7:68: `gatehouse` or `remote-user` or `x-auth-request` expected here',
      'q.yaml:7:86: `allow` expected here',
    ],
    [
      'a mistyped key of headers',
      routeFile('GET /: { allow: everyone, headers: { sets: {} } }'),
      'q.yaml:7:42: unknown key "sets"; did you mean "set"?',
    ],
    [
      'a header whose value holds control bytes',
      routeFile('GET /: { allow: everyone, headers: { set: { X-A: "a\\r\\nHost: b", X-B: " b", X-C: ü, X-D: 1 } } }'),
      'q.yaml:7:54: the value of a header is printable ASCII, without blanks at its ends',
      'q.yaml:7:75: the value of a header is printable ASCII',
      'q.yaml:7:86: the value of a header is printable ASCII',
      'q.yaml:7:94: the value of a header expected here',
    ],
    [
      'empty lists',
      routeFile('GET /: { allow: everyone, cors: [], credentials: [] }'),
      'q.yaml:7:37: at least one origin expected here',
      'q.yaml:7:54: at least one of session, token and jwt:NAME expected here',
    ],
    [
      '`off` as older YAML means it',
      routeFile('GET /: { allow: everyone, cache: false }'),
      'q.yaml:7:38: `off` or a duration like 30s expected here',
    ],
  ];
  it.each(rows)('is refused with %s', async (_what, text, ...problems) => {
    expect(problemTexts(await compileTexts({ 'q.yaml': text }))).toEqual(startingWith(problems));
  });
});
