import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineBytesMax, readLines } from './read-lines.ts';

const linesOf = (...chunks: readonly Buffer[]) => Array.fromAsync(readLines(asAsync(chunks)));
async function* asAsync(chunks: readonly Buffer[]): AsyncIterable<Buffer> {
  yield* chunks;
}

describe('the lines of a file', () => {
  const rows = [
    ['nothing', '', []],
    ['one line without an end', 'a', ['a']],
    ['LF and CRLF', 'a\r\nb\nc\r\n', ['a', 'b', 'c']],
    ['a byte order mark at the start alone', '\uFEFFa\n\uFEFFb', ['a', '\uFEFFb']],
    ['empty lines, which count', '\n\na\n', ['', '', 'a']],
  ] as const;
  it.each(rows)('are read with %s', async (_, text, expected) => {
    const lines = await linesOf(Buffer.from(text));
    expect(lines).toEqual(expected.map((one, at) => ({ line: at + 1, text: one })));
  });

  it('are refused one by one when they are too long or not UTF-8', async () => {
    const long = Buffer.alloc(10 << 20, 'x');
    const halves = [long.subarray(0, 5_000_000), long.subarray(5_000_000)];
    const lines = await linesOf(Buffer.from('a\n'), ...halves, Buffer.from('\nb\n'), Buffer.from([0xff, 0x0a, 0x63]));
    expect(lines).toEqual([
      { line: 1, text: 'a' },
      { line: 2, fault: 'too-long' },
      { line: 3, text: 'b' },
      { line: 4, fault: 'not-utf8' },
      { line: 5, text: 'c' },
    ]);
    expect(await linesOf(Buffer.alloc(lineBytesMax, 'x'))).toEqual([{ line: 1, text: 'x'.repeat(lineBytesMax) }]);
  });

  it('do not depend on how the file comes in pieces', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'é', '😀', '\n', '\r\n', ' ') });
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.nat(12)), async (whole, cuts) => {
        const bytes = Buffer.from(whole);
        const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].toSorted((a, b) => a - b);
        const pieces = ends.map((end, at) => bytes.subarray(ends[at - 1] ?? 0, end));
        const expected = whole.split('\n').map((one) => one.replace(/\r$/, ''));
        if (expected.at(-1) === '') expected.pop();
        expect((await linesOf(...pieces)).map((one) => ('text' in one ? one.text : one.fault))).toEqual(expected);
      }),
    );
  });
});
