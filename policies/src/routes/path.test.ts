import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTarget } from './target.ts';
import type { Target } from './target.ts';

/** What every rule may answer: paths without encoded slashes. */
const accepted = (rawTarget: string): Target | undefined => {
  const target = read(rawTarget);
  return target?.hasEncodedSlash === false ? target : undefined;
};

const read = (rawTarget: string): Target | undefined => {
  const result = readTarget({ method: 'GET', rawTarget, host: 'quantum.example' });
  return result.kind === 'refused' ? undefined : result.target;
};

/** Pieces that parsers are known to disagree about, so that most generated paths are interesting ones. */
const piece = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      'a',
      'B',
      '7',
      '-',
      '_',
      '~',
      '.',
      '..',
      '/',
      '!',
      '$',
      '(',
      '|',
      '{',
      '"',
      '^',
      '`',
      '*',
      '+',
      '&',
      '=',
      '@',
      ':',
      ',',
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '%61',
      '%2e',
      '%2E',
      '%5f',
      '%7E',
      '%21',
      '%20',
      '%22',
      '%7b',
      '%C3%A9',
      '%c3%a9',
      '%e2%82%ac',
      '%f0%9f%98%80',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '//',
      '/./',
      '/../',
      '%2f',
      '%5C',
      '\\',
      ';',
      '%3B',
      '%25',
      '%',
      '%2',
      '#',
      '%00',
      '%0a',
      '%c0%af',
      '%80',
      ' ',
      '\t',
      'é',
    ),
  },
);
const rawPath = fc.oneof(
  fc.array(piece, { maxLength: 12 }).map((pieces) => `/${pieces.join('')}`),
  fc.string({ unit: 'binary-ascii', maxLength: 12 }).map((text) => `/${text}`),
);

/** Two percent-decoders, of which neither knows the other: a routing library's, and one over bytes. */
const decodeByLibrary = (path: string): string[] => path.split('/').slice(1).map(decodeURIComponent);
const decodeByBytes = (segment: string): string => {
  const bytes = [...segment.matchAll(/%([0-9A-Fa-f]{2})|[\s\S]/g)].map(([text, hex]) =>
    hex === undefined ? text.charCodeAt(0) : Number.parseInt(hex, 16),
  );
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
        const target = accepted(raw);
        if (target === undefined) return;
        count += 1;
        holds(target);
      }),
      { numRuns: 4000 },
    );
    expect(count, 'the generator must produce paths that are accepted').toBeGreaterThan(400);
  };

  it('is its own canonical form', () => {
    forEveryAccepted((target) => {
      expect(accepted(target.path)).toEqual({ ...target, query: '' });
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
      for (const segment of segments) {
        expect(segment).not.toMatch(/[/\\;%?#]|\p{Cc}/u);
        expect(['.', '..']).not.toContain(segment);
      }
      expect(segments.slice(0, -1)).not.toContain('');
    });
  });
});

describe('every path with an encoded slash', () => {
  const slashed = fc
    .array(
      fc.oneof({ weight: 2, arbitrary: piece }, { weight: 1, arbitrary: fc.constantFrom('%2f', '%2F', 'a', '.') }),
      {
        maxLength: 10,
      },
    )
    .map((pieces) => `/a%2F${pieces.join('')}`);
  const forEveryKept = (holds: (target: Target, raw: string) => void): void => {
    let count = 0;
    fc.assert(
      fc.property(slashed, (raw) => {
        const target = read(raw);
        if (target === undefined) return;
        count += 1;
        holds(target, raw);
      }),
      { numRuns: 3000 },
    );
    expect(count, 'the generator must produce paths that are kept').toBeGreaterThan(300);
  };

  it('says so, and is its own canonical form with each of these escapes as it came', () => {
    forEveryKept((target, raw) => {
      expect(target.hasEncodedSlash).toBe(true);
      expect(read(target.path)).toEqual(target);
      expect(target.path.match(/%2f/gi)).toEqual(raw.match(/%2f/gi));
    });
  });

  it('keeps it in the segment, where no literal can equal it: a "%" stands in no other', () => {
    forEveryKept(({ path, segments }) => {
      expect(segments.map((segment) => segment.split('%2F').length - 1)).toEqual(
        path
          .split('/')
          .slice(1)
          .map((segment) => segment.match(/%2f/gi)?.length ?? 0),
      );
      expect(segments.join('/').replaceAll('%2F', '')).not.toContain('%');
    });
  });

  it('hides no dot segment and no empty one from whoever decodes it', () => {
    forEveryKept(({ path }) => {
      const decoded = decodeURIComponent(path).split('/').slice(1);
      expect(decoded.slice(0, -1)).not.toContain('');
      expect(decoded).not.toContain('.');
      expect(decoded).not.toContain('..');
      expect(decoded.join('')).not.toMatch(/[\\;%?#]|\p{Cc}/u);
    });
  });
});
