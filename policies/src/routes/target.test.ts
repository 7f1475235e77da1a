import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTarget } from './target.ts';
import type { Target, TargetRead } from './target.ts';
import type { Reason } from '../reasons.ts';

const read = (rawTarget: string, host = 'quantum.example', method = 'GET'): TargetRead => readTarget({ method, rawTarget, host });

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
    ['an encoded slash', '/a%2fb'],
    ['an encoded slash in capitals', '/a%2Fb'],
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
    ['/@a:b/$&\'()*+,=', '/@a:b/$&\'()*+,=', ['@a:b', '$&\'()*+,=']],
  ];
  it.each(harmless)('%s is forwarded as %s', (rawTarget, path, segments) => {
    expect(accepted(rawTarget)).toMatchObject({ path, segments });
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

describe('a host', () => {
  const good: readonly [raw: string, host: string, authority: string][] = [
    ['quantum.example', 'quantum.example', 'quantum.example'],
    ['Quantum.EXAMPLE.', 'quantum.example', 'quantum.example'],
    ['quantum.example:80', 'quantum.example', 'quantum.example'],
    ['quantum.example.:4400', 'quantum.example', 'quantum.example:4400'],
    ['localhost:443', 'localhost', 'localhost:443'],
    ['my_app', 'my_app', 'my_app'],
    ['127.0.0.1:4400', '127.0.0.1', '127.0.0.1:4400'],
    ['[::1]:4400', '[::1]', '[::1]:4400'],
    ['[0:0:0:0:0:0:0:1]', '[::1]', '[::1]'],
    ['[2001:DB8::A]', '[2001:db8::a]', '[2001:db8::a]'],
  ];
  it.each(good)('%j is matched as %s', (raw, host, authority) => {
    expect(accepted('/', raw)).toMatchObject({ host, authority });
  });

  const bad: readonly string[] = [
    '', '.', 'a..b', 'a.b..', '-a.example', 'a-.example', 'a b', 'a/b', 'a,b', 'a@b', 'ä.example', 'a%2eb', '127.1', '0x7f.1', '127.0.0.01',
    '1.2.3.4.5', '256.0.0.1', '4400', '127.0.0.1.', '[::1', '::1', '[::1]x', '[fe80::1%eth0]', '[]', 'a:', 'a:0', 'a:65536', 'a:080', 'a:b', 'a:80:80',
    'a:-1', ':80', 'a\t', 'a\0', `${'a'.repeat(64)}.example`, `${'a.'.repeat(127)}a`, '*',
  ];
  it.each(bad)('%j is refused', (raw) => {
    expect(reasonOf(read('/', raw))).toBe('ambiguous_host');
  });

  it('is refused when absent', () => {
    expect(reasonOf(readTarget({ method: 'GET', rawTarget: '/', host: undefined }))).toBe('ambiguous_host');
  });

  it('drops the default port of the scheme that the listener speaks', () => {
    const result = readTarget({ method: 'GET', rawTarget: '/', host: 'a.example:443', scheme: 'https' });
    expect(result).toMatchObject({ kind: 'target', target: { authority: 'a.example' } });
  });
});

describe('a method', () => {
  const rows: readonly [method: string, outcome: Reason | 'accepted'][] = [
    ['GET', 'accepted'], ['PROPFIND', 'accepted'], ['M-SEARCH', 'accepted'], ['CONNECT', 'method_not_allowed'], ['TRACE', 'method_not_allowed'],
    ['get', 'bad_request'], ['Get', 'bad_request'], ['', 'bad_request'], ['GE T', 'bad_request'], ['GET\n', 'bad_request'], ['trace', 'bad_request'],
  ];
  it.each(rows)('%j is %s', (method, outcome) => {
    expect(reasonOf(read('/', 'a.example', method))).toBe(outcome);
  });
});

/** Pieces that parsers are known to disagree about, so that most generated paths are interesting ones. */
const piece = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('a', 'B', '7', '-', '_', '~', '.', '..', '/', '!', '$', '(', '|', '{', '"', '^', '`', '*', '+', '&', '=', '@', ':', ',') },
  { weight: 2, arbitrary: fc.constantFrom('%61', '%2e', '%2E', '%5f', '%7E', '%21', '%20', '%22', '%7b', '%C3%A9', '%c3%a9', '%e2%82%ac', '%f0%9f%98%80') },
  { weight: 1, arbitrary: fc.constantFrom('//', '/./', '/../', '%2f', '%5C', '\\', ';', '%3B', '%25', '%', '%2', '#', '%00', '%0a', '%c0%af', '%80', ' ', '\t', 'é') },
);
const rawPath = fc.oneof(
  fc.array(piece, { maxLength: 12 }).map((pieces) => `/${pieces.join('')}`),
  fc.string({ unit: 'binary-ascii', maxLength: 12 }).map((text) => `/${text}`),
);

/** Two percent-decoders, of which neither knows the other: a routing library's, and one over bytes. */
const decodeByLibrary = (path: string): string[] => path.split('/').slice(1).map(decodeURIComponent);
const decodeByBytes = (segment: string): string => {
  const bytes = [...segment.matchAll(/%([0-9A-Fa-f]{2})|[\s\S]/g)].map(([text, hex]) => (hex === undefined ? text.charCodeAt(0) : Number.parseInt(hex, 16)));
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes));
};

/** RFC 3986, 5.2.4, applied to a path whose unreserved escapes were decoded: what a normalising upstream sees. */
const normalise = (path: string): string => {
  const out: string[] = [];
  const decoded = path.replace(/%[0-9A-Fa-f]{2}/g, (escape) => {
    const character = String.fromCharCode(Number.parseInt(escape.slice(1), 16));
    return /[\w.~-]/.test(character) ? character : escape.toUpperCase();
  });
  const parts = decoded.split('/').slice(1);
  for (const [index, part] of parts.entries()) {
    if (part === '..') out.pop();
    if (part !== '.' && part !== '..') out.push(part);
    else if (index === parts.length - 1) out.push('');
  }
  return `/${out.join('/')}`;
};

describe('every accepted path', () => {
  const forEveryAccepted = (holds: (target: Target) => void): void => {
    let count = 0;
    fc.assert(
      fc.property(rawPath, (raw) => {
        const result = read(raw);
        if (result.kind === 'refused') return;
        count += 1;
        holds(result.target);
      }),
      { numRuns: 4000 },
    );
    expect(count, 'the generator must produce paths that are accepted').toBeGreaterThan(400);
  };

  it('is its own canonical form', () => {
    forEveryAccepted((target) => {
      if (target.query !== '') return;
      expect(accepted(target.path)).toEqual(target);
    });
  });

  it('has the segments that a WHATWG URL parser sees', () => {
    forEveryAccepted(({ path, segments }) => {
      const url = new URL(`http://quantum.example${path}`);
      expect(url.host).toBe('quantum.example');
      expect(decodeByLibrary(url.pathname)).toEqual(segments);
    });
  });

  it('has the segments that a router sees, whether it splits or decodes first, once or twice', () => {
    forEveryAccepted(({ path, segments }) => {
      expect(decodeByLibrary(path)).toEqual(segments);
      expect(decodeURIComponent(path).split('/').slice(1)).toEqual(segments);
      expect(decodeURIComponent(decodeURIComponent(path)).split('/').slice(1)).toEqual(segments);
      expect(path.split('/').slice(1).map(decodeByBytes)).toEqual(segments);
    });
  });

  it('has the segments that a normalising parser sees', () => {
    forEveryAccepted(({ path, segments }) => {
      expect(decodeByLibrary(normalise(path))).toEqual(segments);
    });
  });

  it('holds no separator, control byte or dot segment in any segment', () => {
    forEveryAccepted(({ segments }) => {
      for (const [index, segment] of segments.entries()) {
        expect(segment).not.toMatch(/[/\\;%?#]|\p{Cc}/u);
        expect(['.', '..']).not.toContain(segment);
        if (segment === '') expect(index).toBe(segments.length - 1);
      }
    });
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
