import { expect, it } from 'vitest';
import { requestIds } from './request-id.ts';

it('makes ids that are prefixed lower-case ULIDs and never repeat', () => {
  const next = requestIds();
  const ids = Array.from({ length: 5_000 }, next);
  expect(new Set(ids).size).toBe(5_000);
  for (const id of ids) expect(id).toMatch(/^req_[0-7][0-9a-hjkmnp-tv-z]{25}$/);
});

it('puts the time first, so that ids sort by it', () => {
  const times = [0, 1, 31, 32, 1_700_000_000_000, 1_700_000_000_001, 2 ** 48 - 1];
  const ids = times.map((time) => requestIds(() => time)().slice(0, 14));
  expect(ids.toSorted()).toEqual(ids);
  expect(ids[0]).toBe('req_0000000000');
  expect(ids[4]).toBe('req_01hf7yat00');
  expect(ids[6]).toBe('req_7zzzzzzzzz');
});

it('draws anew after a while, when the clock goes back, and before its counter overflows', () => {
  let now = 1_000;
  const next = requestIds(() => now);
  const prefixes = new Set<string>();
  const draw = (): void => void prefixes.add(next().slice(0, 26));
  for (const time of [1_000, 1_049, 1_050, 1_060, 900, 940]) {
    now = time;
    draw();
  }
  expect(prefixes.size).toBe(3);
  const ids = new Set<string>();
  for (let at = 0; at < (1 << 20) + 10; at++) ids.add(next());
  expect(ids.size).toBe((1 << 20) + 10);
});
