import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requestHead } from './request-head.ts';

const request = {
  origin: '',
  method: 'GET',
  path: '/',
  headers: [],
  body: null,
  headersTimeoutMs: 0,
  idleTimeoutMs: 0,
};
const head = (given: Partial<typeof request> | { headers: readonly string[] }) =>
  requestHead({ ...request, ...given }, 'app.example:81');
const textOf = (headers: readonly string[]): string => {
  const read = head({ headers });
  return read.kind === 'head' ? read.text : read.kind;
};

describe('the head of a request', () => {
  it('has the headers as they are given', () => {
    expect(textOf(['host', 'a', 'X-A', ' \xe4\t', 'x-a', ''])).toBe(
      'GET / HTTP/1.1\r\nhost: a\r\nX-A:  \xe4\t\r\nx-a: \r\n',
    );
  });

  it('has a Host of its own only when it was given none', () => {
    expect(textOf([])).toBe('GET / HTTP/1.1\r\nHost: app.example:81\r\n');
    expect(textOf(['HOST', 'b'])).toBe('GET / HTTP/1.1\r\nHOST: b\r\n');
  });

  it('says that a connection is used for the last time', () => {
    expect(head({ method: 'HEAD', headers: ['host', 'a'] })).toMatchObject({
      text: 'HEAD / HTTP/1.1\r\nhost: a\r\nConnection: close\r\n',
    });
  });

  it.each([
    ['a value that is missing', { headers: ['X'] }],
    ['a length without a body', { headers: ['Content-Length', '5'] }],
    ['a length that is none', { headers: ['Content-Length', '+0'] }],
    ['a Connection header', { headers: ['Connection', 'close'] }],
    ['no method', { method: '' }],
    ['CONNECT', { method: 'CONNECT' }],
    ['a path that is none', { path: 'http://other.example/' }],
    ['an empty path', { path: '' }],
    ['a path with a letter beyond ASCII', { path: '/\xe4' }],
  ])('cannot be written with %s', (_title, given) => {
    expect(head(given)).toMatchObject({ kind: 'unsendable' });
  });

  it('has exactly as many lines as it was given, whatever is in them', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.stringMatching(/^[ -~\r\n\0\x80-\u0110]{0,12}$/),
    );
    const name = fc.oneof(fc.stringMatching(/^[a-z-]{1,8}$/), text);
    fc.assert(
      fc.property(text, text, fc.array(fc.tuple(name, text), { maxLength: 4 }), (method, path, headers) => {
        const written = [head({ headers: headers.flat() }), head({ method }), head({ path: `/${path}` })];
        const lines = [headers.length, 0, 0];
        for (const [at, read] of written.entries()) {
          if (read.kind === 'unsendable') continue;
          expect(read.text).toMatch(/^[!-~]+ \/[!-~]* HTTP\/1\.1\r\n(?:[!-9;-~]+: [\t -~\x80-\xff]*\r\n)*$/);
          const added =
            /(?:\r\nHost: app\.example:81)?(?:\r\nConnection: close)?\r\n$/.exec(read.text)?.[0].split('\n') ?? [];
          expect(read.text.split('\n')).toHaveLength((lines[at] ?? 0) + added.length);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
