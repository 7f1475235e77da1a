import { describe, expect, it } from 'vitest';
import { compileTexts, problemTexts, routeFile, startingWith } from './test/route-files.ts';

const good = 'GET /a/{id}: { allow: "can_view on content:q.a/{id}" }';

describe('the rules of a route file', () => {
  const rows: readonly [what: string, text: string, ...problems: string[]][] = [
    [
      'an unknown alphabet',
      routeFile(good, 'params: { id: slog }'),
      'q.yaml:4:15: "slog" is not an alphabet; did you mean "slug"?',
    ],
    [
      'a parameter of a wrong name',
      routeFile(good, 'params: { Id: slug }'),
      'q.yaml:4:11: "Id" is not the name of a parameter',
    ],
    [
      'a host in capitals',
      routeFile(good).replace('"*"', 'Q.example'),
      'q.yaml:6:3: "Q.example" is not in canonical form; did you mean "q.example"?',
    ],
    [
      'a host with a port',
      routeFile(good).replace('"*"', '"q.example:80"'),
      'q.yaml:6:3: "q.example:80" names a port; hosts are matched without it; did you mean "q.example"?',
    ],
    [
      'an address of IPv6 without brackets',
      routeFile(good).replace('"*"', '"::1"'),
      'q.yaml:6:3: "::1" is not a host; write an address of IPv6 in brackets; did you mean "[::1]"?',
    ],
    [
      'an address of IPv6 with a port',
      routeFile(good).replace('"*"', '"[::1]:80"'),
      'q.yaml:6:3: "[::1]:80" names a port; hosts are matched without it; did you mean "[::1]"?',
    ],
    [
      'a port without a host',
      routeFile(good).replace('"*"', '":80"'),
      'q.yaml:6:3: ":80" is not a host; write a name, "*", "*.name" or "{parameter}.name"',
    ],
    [
      'a host pattern in the middle',
      routeFile(good).replace('"*"', 'a.*.example'),
      'q.yaml:6:3: "a.*.example" is not a host',
    ],
    [
      'a host pattern over addresses',
      routeFile(good).replace('"*"', '"*.0.0.1"'),
      'q.yaml:6:3: "0.0.1" is not the name of a host',
    ],
    [
      'an unknown method',
      routeFile('GOT /a: { allow: everyone }'),
      'q.yaml:7:5: "GOT" is not a method that can be routed; did you mean "GET"?',
    ],
    [
      'a method that is never proxied',
      routeFile('GET|CONNECT /a: { allow: everyone }'),
      'q.yaml:7:9: "CONNECT" is not a method that can be routed',
    ],
    ['a method twice', routeFile('GET|PUT|GET /a: { allow: everyone }'), 'q.yaml:7:13: GET stands twice'],
    ['no method', routeFile('/a: { allow: everyone }'), 'q.yaml:7:5: "/a" is not a rule; write METHOD /path'],
    [
      'a path without slash',
      routeFile('GET a: { allow: everyone }'),
      'q.yaml:7:9: the path "a" does not begin with "/"',
    ],
    ['an empty segment', routeFile('GET /a//b: { allow: everyone }'), 'q.yaml:7:9: the path has an empty segment'],
    [
      'a dot segment',
      routeFile('GET /a/../b: { allow: everyone }'),
      'q.yaml:7:9: no request can have the segment "..": a dot segment at byte 1',
    ],
    [
      'an encoded slash',
      routeFile('GET /a%2fb: { allow: everyone }'),
      'q.yaml:7:9: no request can have the segment "a%2fb": the escape %2f at byte 2 is not accepted',
    ],
    [
      'a literal that is not canonical',
      routeFile('GET /%61: { allow: everyone }'),
      'q.yaml:7:9: "%61" is not in canonical form; did you mean "a"?',
    ],
    [
      'a regular expression',
      routeFile('"GET /a.*": { allow: everyone }'),
      'q.yaml:7:10: "a.*" is neither a literal nor a whole parameter',
    ],
    [
      'half a parameter',
      routeFile('"GET /{a}.json": { allow: everyone }'),
      'q.yaml:7:10: "{a}.json" is neither a literal nor a whole parameter',
    ],
    [
      'a wildcard in the middle',
      routeFile('"GET /**/a": { allow: everyone }'),
      'q.yaml:7:10: "**" may only stand at the end of a path',
    ],
    [
      'a parameter twice',
      routeFile('"GET /{a}/{a}": { allow: everyone }'),
      'q.yaml:7:10: the parameter {a} stands twice in the path',
    ],
    [
      'the corner of the gateway',
      routeFile('GET /.gatehouse/x: { allow: everyone }'),
      'q.yaml:7:9: the rule is unreachable: "/.gatehouse" belongs to the gateway',
    ],
    [
      'a sentence that is none',
      routeFile('GET /a:\n  allow: everyon'),
      'q.yaml:8:14: "everyon" does not begin a sentence; did you mean "everyone"?',
    ],
    [
      'a fault inside a sentence',
      routeFile('GET /a:\n  allow: any of [everyone, can_view of content:q.a/1]'),
      'q.yaml:8:41: expected "on" and an object after "can_view"; did you mean "on"?',
    ],
    [
      'an unknown type',
      routeFile('GET /a: { allow: can_view on contnet:q.a/1 }'),
      'q.yaml:7:34: the model has no type "contnet"; did you mean "content"?',
    ],
    [
      'an unknown permission',
      routeFile('GET /a: { allow: can_vew on content:q.a/1 }'),
      'q.yaml:7:22: the type "content" has no permission "can_vew"; did you mean "can_view"?',
    ],
    [
      'a role',
      routeFile('GET /a: { allow: viewer on content:q.a/1 }'),
      'q.yaml:7:22: "viewer" is no permission; only can_… may be asked',
    ],
    [
      'content of another application',
      routeFile('GET /a: { allow: can_view on content:r.a/1 }'),
      'q.yaml:7:34: content of the application "q" is written content:q.KIND/ID',
    ],
    [
      'content without a kind',
      routeFile('"GET /{id}": { allow: "can_view on content:q.{id}" }'),
      'q.yaml:7:40: content of the application "q" is written content:q.KIND/ID',
    ],
    [
      'content whose prefix comes from the request',
      routeFile('"GET /{id}": { allow: "can_view on content_version:{id}" }'),
      'q.yaml:7:40: content of the application "q" is written content_version:q.KIND/ID',
    ],
    [
      'an unknown parameter',
      routeFile('"GET /{id}": { allow: "can_view on content:q.a/{ib}" }'),
      'q.yaml:7:52: neither path nor host has a parameter {ib}; did you mean "id"?',
    ],
    [
      'an organization in pieces',
      routeFile('"GET /{id}": { allow: "can_view on organization:x/{id}" }'),
      'q.yaml:7:40: an organization is named by one slug',
    ],
    [
      'an organization by id',
      routeFile('GET /: { allow: can_view on organization:acc_1 }'),
      'q.yaml:7:33: "acc_1" is not the slug of an account',
    ],
    [
      'a chain that leads nowhere',
      routeFile('GET /: { allow: can_view on content:q.a/1 within team:x }'),
      'q.yaml:7:54: no chain of parents leads from "content" to "team"',
    ],
    [
      'a missing `to`',
      routeFile(good).replace('{ api: http://127.0.0.1:1 }', '{ a: http://a, b: http://b }'),
      'q.yaml:7:5: `to` is missing: the file has 2 upstreams (a, b)',
    ],
    [
      'an unknown upstream',
      routeFile('GET /: { allow: everyone, to: apu }'),
      'q.yaml:7:35: there is no upstream "apu"; did you mean "api"?',
    ],
    [
      'a body over the bound',
      routeFile('GET /: { allow: everyone, body: 2GB }'),
      'q.yaml:7:37: "2GB" is not a size from 0 to 1GB',
    ],
    ['a body that is no size', routeFile('GET /: { allow: everyone, body: big }'), 'q.yaml:7:37: "big" is not a size'],
    ['a body below zero', routeFile('GET /: { allow: everyone, body: -1 }'), 'q.yaml:7:37: "-1" is not a size'],
    [
      'a time-out without unit',
      routeFile('GET /: { allow: everyone, timeout: 30 }'),
      'q.yaml:7:40: "30" is not a duration',
    ],
    [
      'a time-out of nothing',
      routeFile('GET /: { allow: everyone, timeout: 0s }'),
      'q.yaml:7:40: "0s" is not a duration',
    ],
    [
      'a time-out over the bound',
      routeFile('GET /: { allow: everyone, timeout: 61m }'),
      'q.yaml:7:40: "61m" is not a duration from 1ms to 1h',
    ],
    [
      'the same rule twice',
      routeFile('GET|PUT /a: { allow: everyone }\nPUT|POST /a: { allow: nobody }'),
      'q.yaml:8:5: the rule "q PUT /a" matches the same requests as "q PUT /a" (q.yaml:7)',
    ],
    [
      'the same path with other parameters',
      routeFile('"GET /{a}/x": { allow: everyone }\n"GET /{b}/x": { allow: nobody }'),
      'q.yaml:8:5: the rule "q GET /{b}/x" matches the same requests as "q GET /{a}/x" (q.yaml:7)',
    ],
    [
      'a rule that nothing can reach',
      routeFile(
        '"GET /**": { allow: everyone }\nGET /: { allow: nobody }\n"GET /{a}": { allow: nobody }\n"GET /{a}/**": { allow: nobody }',
      ),
      'q.yaml:7:5: the rule "q GET /**" is unreachable',
    ],
  ];
  it.each(rows)('is refused with %s', async (_what, text, ...problems) => {
    expect(problemTexts(await compileTexts({ 'q.yaml': text }))).toEqual(startingWith(problems));
  });
});
