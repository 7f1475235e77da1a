import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seenObjects } from './seen-objects.ts';

describe('the objects that a file has named', () => {
  it('are known by their first line, however many they are', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3_000), { maxLength: 5_000, size: 'max' }), (numbers) => {
        const seen = seenObjects();
        const first = new Map<number, number>();
        for (const [at, number] of numbers.entries()) {
          expect(seen.lineOf(`content:q.a/${number}`, at + 1)).toBe(first.get(number));
          if (!first.has(number)) first.set(number, at + 1);
        }
      }),
      { numRuns: 20 },
    );
  });
});
