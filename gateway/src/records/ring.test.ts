import { describe, expect, it } from 'vitest';
import { ring } from './ring.ts';

describe('ring', () => {
  it('gives the newest first', () => {
    const entries = ring<number>(3);
    for (const entry of [1, 2]) entries.add(entry);
    expect(entries.newest(10)).toEqual([2, 1]);
  });

  it('drops the oldest when it is full, and goes on counting', () => {
    const entries = ring<number>(3);
    for (let entry = 1; entry <= 8; entry += 1) entries.add(entry);
    expect(entries.newest(10)).toEqual([8, 7, 6]);
    expect(entries.newest(2)).toEqual([8, 7]);
    expect(entries.total()).toBe(8);
  });
});
