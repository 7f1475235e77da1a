import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTarget } from './target.ts';
import type { Target, TargetRead } from './target.ts';
import type { Reason } from '../reasons.ts';

const read = (rawTarget: string, host = 'quantum.example', method = 'GET'): TargetRead =>
  readTarget({ method, rawTarget, host });

const accepted = (rawTarget: string, host?: string, method?: string): Target => {
  const result = read(rawTarget, host, method);
  if (result.kind === 'refused') throw new Error(`refused ${rawTarget}: ${result.detail}`);
  return result.target;
};

const reasonOf = (result: TargetRead): Reason | 'accepted' => (result.kind === 'refused' ? result.reason : 'accepted');

describe('a path', () => {
  const hostile: readonly [what: string, rawTarget: string][] = [
    ['a dot segment', '/a/./b'],
    ['a parent segment', '/a/../b'],
    ['a parent segment at the end', '/a/..'],
    ['a dot segment at the beginning', '/./a'],
    ['an encoded parent segment', '/a/%2e%2e/b'],
    ['an encoded parent segment in capitals', '/a/%2E%2E/b'],
    ['a half encoded parent segment', '/a/.%2e/b'],
    ['an encoded dot segment at the end', '/a/%2e'],
    ['a double encoded parent segment', '/a/%252e%252e/b'],
    ['an encoded slash at the end', '/a%2f'],
    ['an encoded slash at the beginning', '/%2fa'],
    ['two encoded slashes in a row', '/a%2f%2Fb'],
    ['a parent segment behind an encoded slash', '/a%2f..'],
    ['a parent segment before an encoded slash', '/..%2fa'],
    ['an encoded parent segment behind an encoded slash', '/a%2f%2e%2e%2fb'],
    ['a dot segment between encoded slashes', '/a%2F.%2Fb'],
    ['a double encoded slash', '/a%252fb'],
    ['a thrice encoded slash', '/a%25252Fb'],
    ['an encoded backslash behind an encoded slash', '/a%2f%5cb'],
    ['a sequence that an encoded slash cuts in two', '/a%c3%2f%a9'],
    ['an encoded backslash', '/a%5cb'],
    ['a backslash', '/a\\b'],
    ['a backslash parent', '/a/..\\b'],
    ['an empty segment', '/a//b'],
    ['an empty first segment', '//evil.example/a'],
    ['two trailing slashes', '/a//'],
    ['only slashes', '//'],
    ['a path parameter', '/a;v=1/b'],
    ['an encoded semicolon', '/a%3bv=1'],
    ['a parent segment behind a semicolon', '/a/..;/b'],
    ['an encoded question mark', '/a%3fb'],
    ['an encoded number sign', '/a%23b'],
    ['a fragment', '/a#b'],
    ['an encoded percent sign', '/a%25b'],
    ['an encoded NUL', '/a%00b'],
    ['an encoded line feed', '/a%0ab'],
    ['an encoded carriage return', '/a%0d%0aHost:x'],
    ['an encoded DEL', '/a%7f'],
    ['a lone percent sign', '/a%'],
    ['an escape cut short', '/a%2'],
    ['an escape without hex digits', '/a%zz'],
    ['an escape in the style of IIS', '/a%u002fb'],
    ['an overlong slash', '/a%c0%afb'],
    ['an overlong dot', '/a/%c0%ae%c0%ae/b'],
    ['an encoded surrogate', '/a%ed%a0%80'],
    ['a code point beyond Unicode', '/a%f4%90%80%80'],
    ['a lone continuation byte', '/a%80'],
    ['an unfinished sequence', '/a%e2%82/b'],
    ['a blank', '/a b'],
    ['a tab', '/a\tb'],
    ['a NUL', '/a\0b'],
    ['a byte over 0x7e', '/caf\u00e9'],
    ['a character beyond latin1', '/a\u2215b'],
    ['a fragment behind the query', '/a?b#c'],
    ['a blank in the query', '/a?b c'],
    ['a byte over 0x7e in the query', '/a?\u00e9'],
  ];
  it.each(hostile)('is refused with %s', (_what, rawTarget) => {
    expect(reasonOf(read(rawTarget))).toBe('ambiguous_path');
  });

  const harmless: readonly [rawTarget: string, path: string, segments: readonly string[]][] = [
    ['/', '/', ['']],
    ['/a', '/a', ['a']],
    ['/a/', '/a/', ['a', '']],
    ['/a/b.c/..d/...', '/a/b.c/..d/...', ['a', 'b.c', '..d', '...']],
    ['/%61dmin', '/admin', ['admin']],
    ['/%7Euser/%2Ehidden', '/~user/.hidden', ['~user', '.hidden']],
    ['/a%2E%2E', '/a..', ['a..']],
    ['/caf%C3%A9', '/caf%C3%A9', ['café']],
    ['/caf%c3%a9', '/caf%c3%a9', ['café']],
    ['/a%20b', '/a%20b', ['a b']],
    ['/a!b/a%21b', '/a!b/a%21b', ['a!b', 'a!b']],
    ['/{a}|"<b>"^`', '/{a}|"<b>"^`', ['{a}|"<b>"^`']],
    ["/@a:b/$&'()*+,=", "/@a:b/$&'()*+,=", ['@a:b', "$&'()*+,="]],
  ];
  it.each(harmless)('%s is forwarded as %s', (rawTarget, path, segments) => {
    expect(accepted(rawTarget)).toMatchObject({ path, segments });
  });

  const slashed: readonly [rawTarget: string, path: string, segments: readonly string[]][] = [
    ['/a%2fb', '/a%2fb', ['a%2Fb']],
    ['/a%2Fb', '/a%2Fb', ['a%2Fb']],
    ['/x/%61%2fb%2Fc/', '/x/a%2fb%2Fc/', ['x', 'a%2Fb%2Fc', '']],
    ['/caf%c3%a9%2f...', '/caf%c3%a9%2f...', ['café%2F...']],
  ];
  it.each(slashed)('%s is read with its encoded slash kept, for a rule that allows it', (rawTarget, path, segments) => {
    expect(accepted(rawTarget)).toMatchObject({ path, segments, hasEncodedSlash: true });
  });

  it('is bounded at 8 KB, the query not counted', () => {
    const longest = `/${'a'.repeat(8191)}`;
    expect(accepted(`${longest}?${'b'.repeat(9000)}`).path).toBe(longest);
    expect(reasonOf(read(`${longest}a`))).toBe('path_too_long');
  });

  it('keeps the query verbatim, also an empty one', () => {
    expect(accepted('/a?b=%2e%2e/%zz\\;?').query).toBe('?b=%2e%2e/%zz\\;?');
    expect(accepted('/a?').query).toBe('?');
    expect(accepted('/a').query).toBe('');
  });
});

describe('a request target', () => {
  const forms: readonly [rawTarget: string, host: string, outcome: Reason | 'accepted'][] = [
    ['http://quantum.example/a', 'quantum.example', 'accepted'],
    ['HTTP://Quantum.Example:80/a', 'quantum.example', 'accepted'],
    ['http://quantum.example:4400/a', 'quantum.example:4400', 'accepted'],
    ['http://quantum.example', 'quantum.example', 'accepted'],
    ['http://quantum.example?x', 'quantum.example', 'accepted'],
    ['http://evil.example/a', 'quantum.example', 'ambiguous_host'],
    ['http://quantum.example:81/a', 'quantum.example', 'ambiguous_host'],
    ['https://quantum.example/a', 'quantum.example', 'ambiguous_host'],
    ['http://bob@quantum.example/a', 'quantum.example', 'ambiguous_host'],
    ['http:///a', 'quantum.example', 'ambiguous_host'],
    ['http://quantum.example//a', 'quantum.example', 'ambiguous_path'],
    ['http://quantum.example/a/../b', 'quantum.example', 'ambiguous_path'],
    ['http://quantum.example#a', 'quantum.example', 'ambiguous_path'],
    ['*', 'quantum.example', 'bad_request'],
    ['quantum.example:80', 'quantum.example', 'bad_request'],
    ['', 'quantum.example', 'bad_request'],
    ['a/b', 'quantum.example', 'bad_request'],
    ['?a', 'quantum.example', 'bad_request'],
  ];
  it.each(forms)('%j at host %j is %s', (rawTarget, host, outcome) => {
    expect(reasonOf(read(rawTarget, host))).toBe(outcome);
  });

  it('in absolute form is reduced to its path', () => {
    expect(accepted('http://quantum.example/a?b')).toEqual(accepted('/a?b'));
    expect(accepted('http://quantum.example?b')).toEqual(accepted('/?b'));
  });
});

describe('a method', () => {
  const rows: readonly [method: string, outcome: Reason | 'accepted'][] = [
    ['GET', 'accepted'],
    ['PROPFIND', 'accepted'],
    ['M-SEARCH', 'accepted'],
    ['CONNECT', 'method_not_allowed'],
    ['TRACE', 'method_not_allowed'],
    ['get', 'bad_request'],
    ['Get', 'bad_request'],
    ['', 'bad_request'],
    ['GE T', 'bad_request'],
    ['GET\n', 'bad_request'],
    ['trace', 'bad_request'],
  ];
  it.each(rows)('%j is %s', (method, outcome) => {
    expect(reasonOf(read('/', 'a.example', method))).toBe(outcome);
  });
});

it('never throws and never lets a refused byte through, whatever the bytes', () => {
  const text = fc.string({ unit: 'binary', maxLength: 30 });
  fc.assert(
    fc.property(text, text, text, (method, rawTarget, host) => {
      const result = readTarget({ method, rawTarget, host });
      if (result.kind === 'refused') return;
      expect(result.target.path + result.target.query).toMatch(/^\/[!-~]*$/);
      expect(result.target.host).toMatch(/^[a-z0-9._:[\]-]+$/);
    }),
    { numRuns: 3000 },
  );
});
