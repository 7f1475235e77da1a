import fc from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ticker } from './ticker.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it('calls exactly its members, whatever came and went', () => {
  const steps = fc.array(fc.record({ at: fc.nat(9), isAdded: fc.boolean() }), { maxLength: 60 });
  fc.assert(
    fc.property(steps, (list) => {
      const ticks = ticker(10);
      const calls = Array.from({ length: 10 }, () => 0);
      const members = calls.map((_, at) => ({ slot: -1, onTick: () => void (calls[at] = (calls[at] ?? 0) + 1) }));
      const present = new Set<number>();
      for (const { at, isAdded } of list) {
        const member = members[at];
        if (member === undefined) continue;
        if (isAdded) ticks.add(member);
        else ticks.delete(member);
        if (isAdded) present.add(at);
        else present.delete(at);
      }
      vi.advanceTimersByTime(10);
      ticks.close();
      expect(calls).toEqual(calls.map((_, at) => (present.has(at) ? 1 : 0)));
      expect(ticks.now()).toBe(1);
    }),
  );
});

it('lets members leave while they are called', () => {
  const ticks = ticker(10);
  const called: number[] = [];
  const members = [0, 1, 2, 3].map((at) => ({
    slot: -1,
    onTick: () => {
      called.push(at);
      for (const member of members) ticks.delete(member);
    },
  }));
  for (const member of members) ticks.add(member);
  vi.advanceTimersByTime(30);
  expect(called).toEqual([3]);
  ticks.close();
});
