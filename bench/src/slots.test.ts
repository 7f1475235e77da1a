import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { slots } from './slots.ts';

describe('slots', () => {
  it('interleaves the systems and rotates their order from round to round', () => {
    const order = slots(['A', 'B', 'C'], [1, 64], 2).map(
      ({ round, connections, system }) => `${round}:${connections}${system}`,
    );
    expect(order.join(' ')).toBe('0:1A 0:1B 0:1C 0:64A 0:64B 0:64C 1:1B 1:1C 1:1A 1:64B 1:64C 1:64A');
  });

  it('measures every system once per round and number of connections', () => {
    const sizes = fc.tuple(
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 9 }),
    );
    fc.assert(
      fc.property(sizes, ([systems, connections, rounds]) => {
        const order = slots(['A', 'B', 'C', 'D', 'E'].slice(0, systems), [1, 2, 3, 4].slice(0, connections), rounds);
        return (
          new Set(order.map((slot) => JSON.stringify(slot))).size === systems * connections * rounds &&
          order.length === systems * connections * rounds
        );
      }),
    );
  });
});
