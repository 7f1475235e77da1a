import { expect, it } from 'vitest';
import { idleMsOf } from './keep-alive.ts';

it.each([
  ['', 4_000],
  ['timeout=5', 4_000],
  ['timeout=5, max=100', 4_000],
  ['max=100, timeout=3', 2_000],
  ['Timeout = "3"', 2_000],
  ['timeout=60', 4_000],
  ['timeout=9, timeout=2', 1_000],
  ['max=1,timeout=9,timeout=2', 1_000],
  ['timeout=1', 0],
  ['timeout=0', -1_000],
  ['timeout=soon', 4_000],
  ['mytimeout=1', 4_000],
  ['timeout=99999999999999999999', 4_000],
])('reads %j as %d ms of patience', (text, expected) => {
  expect(idleMsOf(text, 4_000)).toBe(expected);
});
