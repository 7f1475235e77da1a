import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerReader } from './answer-reader.ts';

const answer = 'HTTP/1.1 200 OK\r\nDate: now\r\nContent-Length: 5\r\nX: y\r\n\r\nhello';

describe('answerReader', () => {
  it('finds every answer, however the bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: answer.length - 1 }), { maxLength: 8 }), (cuts) => {
        const reader = answerReader(5);
        const ends = [...new Set(cuts)].toSorted((left, right) => left - right);
        for (let round = 0; round < 2; round += 1) {
          const pieces = [0, ...ends].map((start, at) => answer.slice(start, ends[at] ?? answer.length));
          const kinds = pieces.map((piece) => reader(Buffer.from(piece)).kind);
          if (kinds.pop() !== 'answer' || kinds.some((kind) => kind !== 'more')) return false;
        }
        return true;
      }),
    );
  });

  it.each([
    ['HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno', 'answered 403: no'],
    ['HTTP/1.1 304 Not Modified\r\n\r\n', 'answered 304: '],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', 'answered without Content-Length'],
    ['HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n', 'answered 4 bytes instead of 5'],
    [`${answer}H`, 'more bytes than the answer has'],
    ['x'.repeat(70_000), 'an endless head'],
  ])('refuses %j', (bytes, message) => {
    expect(answerReader(5)(Buffer.from(bytes))).toEqual({ kind: 'fault', message });
  });
});
