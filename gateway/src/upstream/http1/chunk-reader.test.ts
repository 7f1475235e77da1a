import { describe, expect, it } from 'vitest';
import { chunkReader, readChunks, takeData } from './chunk-reader.ts';

/** Reads a body, and what came behind it. */
const read = (text: string): { state: string; data: string; surplus: string } => {
  const reader = chunkReader();
  const bytes = Buffer.from(text, 'latin1');
  const end = readChunks(reader, bytes, 0, bytes.length);
  return { state: reader.state, data: takeData(reader).toString('latin1'), surplus: text.slice(end) };
};

describe('a chunked body', () => {
  it('leaves what is behind it', () => {
    expect(read('2\r\nab\r\n0\r\n\r\nHTTP/1.1')).toEqual({ state: 'done', data: 'ab', surplus: 'HTTP/1.1' });
  });

  it('is in one piece, whatever the chunks', () => {
    expect(read('1\r\na\r\n3\r\nbcd\r\n1\r\ne\r\n0\r\n\r\n')).toMatchObject({ state: 'done', data: 'abcde' });
  });

  it.each([
    ['digits up to 13', '0000000000001\r\na\r\n0\r\n\r\n', 'done'],
    ['more digits', '00000000000001\r\na\r\n0\r\n\r\n', 'broken'],
    ['2^52 - 1 bytes', 'fffffffffffff\r\na', 'data'],
    ['16 KB of extensions', `1;${'x'.repeat(16 * 1024 - 1)}\r\na\r\n0\r\n\r\n`, 'done'],
    ['a byte more', `1;${'x'.repeat(16 * 1024)}\r\na\r\n0\r\n\r\n`, 'broken'],
    ['as many again as there is data', `4\r\nabcd\r\n0;${'x'.repeat(16 * 1024 + 3)}\r\n\r\n`, 'done'],
    ['a byte more than that', `4\r\nabcd\r\n0;${'x'.repeat(16 * 1024 + 4)}\r\n\r\n`, 'broken'],
    ['extensions in small pieces', '1;abc=def\r\na\r\n'.repeat(3_000), 'broken'],
    ['16 KB of trailers', `0\r\n${'X: y\r\n'.repeat(3_000)}\r\n`, 'done'],
    ['more trailers', `0\r\n${'X: y\r\n'.repeat(4_000)}\r\n`, 'broken'],
    [
      'more trailers behind much data',
      `7000\r\n${'a'.repeat(0x7000)}\r\n0\r\n${'X: y\r\n'.repeat(4_000)}\r\n`,
      'broken',
    ],
  ])('with %s is judged by its bounds', (_title, text, state) => {
    expect(read(text).state).toBe(state);
  });
});
