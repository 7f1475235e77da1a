import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newId } from './ids.ts';

const timeOf = (id: string): number =>
  Array.from(id.slice(4, 14)).reduce(
    (value, digit) => value * 32 + '0123456789abcdefghjkmnpqrstvwxyz'.indexOf(digit),
    0,
  );

describe('newId', () => {
  it('is the prefix and a lower-case ULID of that moment', () => {
    const nowMs = Date.now() + 1_000_000;
    const id = newId('usr', nowMs);
    expect(id).toMatch(/^usr_[0-7][0-9a-hjkmnp-tv-z]{25}$/);
    expect(timeOf(id)).toBe(nowMs);
  });

  it('rises strictly, whatever the clock does', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 2 ** 44 }), { minLength: 2 }), (clock) => {
        const ids = clock.map((nowMs) => newId('acc', nowMs));
        expect(ids).toEqual([...new Set(ids)].toSorted());
      }),
    );
  });

  it('gives distinct ids within one millisecond', () => {
    const ids = Array.from({ length: 10_000 }, () => newId('tok', 5));
    expect(new Set(ids).size).toBe(ids.length);
  });
});
