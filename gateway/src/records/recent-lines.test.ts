import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recentLines } from './recent-lines.ts';

describe('recent lines', () => {
  it('come newest first', () => {
    const recent = recentLines({ linesMax: 3, bytesMax: 1_000 });
    for (const line of ['a', 'b']) recent.add(line);
    expect(recent.newest(10)).toEqual(['b', 'a']);
    expect(recent.newest(1)).toEqual(['b']);
  });

  it('drop the oldest when there are too many', () => {
    const recent = recentLines({ linesMax: 3, bytesMax: 1_000 });
    for (const line of ['a', 'b', 'c', 'd', 'e']) recent.add(line);
    expect(recent.newest(10)).toEqual(['e', 'd', 'c']);
  });

  it('leave out a line that could never fit', () => {
    const recent = recentLines({ linesMax: 3, bytesMax: 30 });
    recent.add('kept');
    recent.add('x'.repeat(31));
    expect(recent.newest(10)).toEqual(['kept']);
  });

  it('are always the last ones added, whole and in order, whatever their lengths', () => {
    const lines = fc.array(fc.string({ maxLength: 40, unit: 'grapheme' }), { maxLength: 200 });
    const bounds = fc.record({
      linesMax: fc.integer({ min: 1, max: 20 }),
      bytesMax: fc.integer({ min: 400, max: 2_000 }),
    });
    fc.assert(
      fc.property(lines, bounds, (all, limits) => {
        const recent = recentLines(limits);
        const fitting = all.filter((line) => line.length * 3 <= limits.bytesMax);
        for (const line of all) recent.add(line);
        const kept = recent.newest(Infinity);
        expect(kept).toEqual(
          fitting
            .toReversed()
            .slice(0, kept.length)
            .map((line) => line.toWellFormed()),
        );
        expect(kept.length).toBeLessThanOrEqual(limits.linesMax);
        // Even the longest lines leave room for more than one.
        expect(kept.length).toBeGreaterThanOrEqual(Math.min(fitting.length, limits.linesMax, 1));
      }),
    );
  });
});
