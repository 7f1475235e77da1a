import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalHeaderName } from '@gatehouse/policies/routes/managed-headers';
import { readHead } from './head.ts';
import type { HeadRead } from './head.ts';

const limits = { headBytesMax: 16 * 1024, headLinesMax: 200 };
const read = (...rawHeaders: string[]): HeadRead =>
  readHead({ httpVersion: '1.1', method: 'GET', url: '/', rawHeaders: ['Host', 'a.example', ...rawHeaders] }, limits);
const outgoing = (...rawHeaders: string[]): readonly string[] => {
  const head = read(...rawHeaders);
  return head.kind === 'head' ? head.outgoing : [`refused: ${head.reason}`];
};

/** Names that only the gateway may send to an application, or that end at the gateway. */
const managed = [
  'Gatehouse-User',
  'Gatehouse-Account',
  'Gatehouse-Account-Id',
  'Gatehouse-Token-Id',
  'Gatehouse-Anything',
  'X-Request-Id',
  'X-Forwarded-For',
  'X-Forwarded-Host',
  'X-Forwarded-Proto',
  'X-Forwarded-Prefix',
  'Forwarded',
  'X-Real-IP',
  'X-Original-URL',
  'X-Original-Method',
  'X-Rewrite-URL',
  'X-HTTP-Method-Override',
  'X-HTTP-Method',
  'X-Method-Override',
  'Authorization',
  'Host',
  'Content-Length',
  'Transfer-Encoding',
  'Connection',
  'Keep-Alive',
  'Proxy-Authorization',
  'Proxy-Connection',
  'TE',
  'Trailer',
  'Upgrade',
  'HTTP2-Settings',
  'Expect',
];
const managedCanonical = new Set(managed.map(canonicalHeaderName));

/** Any case, and any of the characters that a server behind may take for a hyphen. */
const spelling = (name: string): fc.Arbitrary<string> =>
  fc
    .array(fc.tuple(fc.boolean(), fc.constantFrom('-', '-', '_', '.', '~', '!')), {
      minLength: name.length,
      maxLength: name.length,
    })
    .map((choices) =>
      Array.from(name, (letter, at) => {
        const [isUpper, separator] = choices[at] ?? [false, '-'];
        if (letter === '-') return separator;
        return isUpper ? letter.toUpperCase() : letter.toLowerCase();
      }).join(''),
    );

const value = fc.constantFrom(
  '1',
  'x',
  'usr_1',
  'Bearer abc',
  'Basic abc',
  '100-continue',
  'chunked',
  'close',
  '0',
  'a, b',
);
const managedLine = fc.constantFrom(...managed).chain((name) => fc.tuple(spelling(name), value));
const otherLine = fc.tuple(fc.constantFrom('Accept', 'X-Own', 'Content-Type', 'Cookie', 'x-trace', 'Via'), value);
const lines = fc.array(fc.oneof(managedLine, otherLine), { maxLength: 12 });

describe('the header pass', () => {
  it('lets no managed header through, in any spelling (INV-3)', () => {
    let read3 = 0;
    fc.assert(
      fc.property(lines, (list) => {
        const head = readHead({ httpVersion: '1.1', rawHeaders: ['Host', 'a.example', ...list.flat()] }, limits);
        if (head.kind === 'refused') return;
        read3 += 1;
        for (let at = 0; at < head.outgoing.length; at += 2) {
          expect(managedCanonical).not.toContain(canonicalHeaderName(head.outgoing[at] ?? ''));
        }
      }),
      { numRuns: 3_000 },
    );
    expect(read3).toBeGreaterThan(500);
  });

  it('passes everything else on byte for byte, in order', () => {
    const own = fc.tuple(
      fc.stringMatching(/^X-[A-Za-z0-9-]{1,12}$/),
      fc.stringMatching(/^[\x21-\x7e][\x20-\x7e\x80-\xff]{0,30}[\x21-\x7e]$/),
    );
    fc.assert(
      fc.property(fc.array(own, { maxLength: 20 }), (list) => {
        const theirs = list.filter(
          ([name]) =>
            !managedCanonical.has(canonicalHeaderName(name)) && !/^X-(forwarded|original-|rewrite-)/i.test(name),
        );
        expect(outgoing(...theirs.flat())).toEqual(theirs.flat());
      }),
    );
  });

  it.each([
    ['takes the token out', ['Authorization', 'Bearer abc.def~+/-_=='], { bearer: 'abc.def~+/-_==', outgoing: [] }],
    ['reads the scheme in any case', ['authorization', 'bEARER  abc'], { bearer: 'abc' }],
    [
      'keeps another scheme aside',
      ['Authorization', 'Basic abc=='],
      { foreignAuthorization: 'Basic abc==', bearer: undefined, outgoing: [] },
    ],
    [
      'keeps a scheme that only begins like Bearer aside',
      ['Authorization', 'Bearer-ish abc'],
      { foreignAuthorization: 'Bearer-ish abc' },
    ],
    ['takes the account out', ['gatehouse-ACCOUNT', 'acme'], { account: 'acme', outgoing: [] }],
    ['reads a length', ['Content-Length', '12'], { contentLength: 12, chunked: false, outgoing: [] }],
    ['reads chunked', ['Transfer-Encoding', 'Chunked'], { contentLength: 0, chunked: true, outgoing: [] }],
    ['reads an expectation', ['Expect', '100-Continue'], { expectsContinue: true, outgoing: [] }],
  ] as const)('%s', (_title, list, expected) => expect(read(...list)).toMatchObject(expected));

  it('removes what Connection lists', () => {
    const list = [
      'X-One',
      '1',
      'Connection',
      'X-ONE , close',
      'x-one',
      '2',
      'Connection',
      'x-two',
      'X-Two',
      '3',
      'X-Three',
      '4',
    ];
    expect(outgoing(...list)).toEqual(['X-Three', '4']);
  });

  it('does not let Connection reach what the gateway adds', () => {
    const list = ['Connection', 'gatehouse-user, x-request-id', 'Gatehouse-User', 'mallory', 'X-Own', '1'];
    expect(outgoing(...list)).toEqual(['X-Own', '1']);
  });

  it.each([
    ['a=1; __Host-gatehouse=secret; b=2', 'a=1; b=2'],
    ['__Host-gatehouse-app=secret; a=1', 'a=1'],
    ['a=1;gatehouse=secret', 'a=1'],
    ['a="x y";  b=2; gatehouse-app = secret ;c', 'a="x y";  b=2;c'],
    ['my-gatehouse=1; gatehouse-apple=2; Gatehouse=3', 'my-gatehouse=1; gatehouse-apple=2; Gatehouse=3'],
    [' a=1;; b', ' a=1;; b'],
    ['a=1; =gatehouse-app=secret; =b=gatehouse', 'a=1; =b=gatehouse'],
  ])('of the cookies %j passes %j on', (cookies, rest) =>
    expect(outgoing('Cookie', cookies)).toEqual(['Cookie', rest]),
  );

  it.each(['ACME', '-acme', '_acme', 'a'.repeat(64), 'acmé'])('refuses %j as the name of an account', (name) =>
    expect(read('Gatehouse-Account', name)).toMatchObject({ kind: 'refused', reason: 'ambiguous_header' }),
  );

  it('drops a Cookie header that holds nothing but the gateway’s', () => {
    expect(outgoing('Cookie', 'gatehouse=secret')).toEqual([]);
  });

  it.each([
    ['201 lines', Array.from({ length: 200 }, (_, at) => [`X-${at}`, '']).flat()],
    ['a long value', ['X', 'x'.repeat(16 * 1024)]],
    ['many long names', Array.from({ length: 150 }, () => ['x'.repeat(110), '']).flat()],
  ])('refuses %s', (_title, list) =>
    expect(read(...list)).toMatchObject({ kind: 'refused', reason: 'headers_too_large' }),
  );

  it('accepts as many lines as are allowed', () => {
    const list = Array.from({ length: 199 }, (_, at) => [`X-${at}`, '']).flat();
    expect(outgoing(...list)).toHaveLength(398);
  });

  it('ignores an expectation of an HTTP/1.0 client', () => {
    const head = readHead({ httpVersion: '1.0', rawHeaders: ['Host', 'a', 'Expect', '100-continue'] }, limits);
    expect(head).toMatchObject({ kind: 'head', expectsContinue: false, outgoing: [] });
  });

  it('remembers no more spellings than it should, and judges the rest all the same', () => {
    for (let at = 0; at < 3_000; at++) expect(outgoing(`gatehouse_user_${at}`, 'mallory')).toEqual([]);
  });
});
