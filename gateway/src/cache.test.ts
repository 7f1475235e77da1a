import { describe, expect, it } from 'vitest';
import { cache } from './cache.ts';

const counting = (entriesMax = 10) => {
  const loads: string[] = [];
  const clock = { nowMs: 0 };
  const kept = cache<string>({ entriesMax, ageMsMax: 100, now: () => clock.nowMs });
  const find = (key: string) =>
    kept.find(key, async () => {
      loads.push(key);
      if (key === 'broken') throw new Error('no database');
      return `value of ${key}`;
    });
  return { find, loads, clock };
};

describe('cache', () => {
  it('answers from memory, without a promise, until the answer is old', async () => {
    const { find, loads, clock } = counting();
    expect(await find('a')).toBe('value of a');
    clock.nowMs = 99;
    expect(find('a')).toBe('value of a');
    clock.nowMs = 100;
    expect(find('a')).toBeInstanceOf(Promise);
    expect(loads).toEqual(['a', 'a']);
  });

  it('loads once for everybody who asks at the same time', async () => {
    const { find, loads } = counting();
    expect(await Promise.all([find('a'), find('a'), find('b')])).toHaveLength(3);
    expect(loads).toEqual(['a', 'b']);
  });

  it('does not remember a failure', async () => {
    const { find, loads } = counting();
    await expect(find('broken')).rejects.toThrow('no database');
    await expect(find('broken')).rejects.toThrow('no database');
    expect(loads).toEqual(['broken', 'broken']);
  });

  it('keeps no more than its bound, and drops the oldest first', async () => {
    const { find, loads } = counting(2);
    for (const key of ['a', 'b', 'c']) await find(key);
    expect(find('c')).toBe('value of c');
    expect(find('b')).toBe('value of b');
    await find('a');
    expect(loads).toEqual(['a', 'b', 'c', 'a']);
  });
});
