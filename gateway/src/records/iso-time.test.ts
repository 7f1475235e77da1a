import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isoTimes } from './iso-time.ts';

describe('the time of a record', () => {
  it('is what toISOString gives, in whatever order times come', () => {
    const iso = isoTimes();
    const times = fc.array(fc.integer({ min: 0, max: 4e12 }), { minLength: 1 });
    fc.assert(
      fc.property(times, (list) => {
        expect(list.map(iso)).toEqual(list.map((ms) => new Date(ms).toISOString()));
      }),
    );
  });
});
