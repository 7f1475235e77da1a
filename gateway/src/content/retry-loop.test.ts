import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { retryLoop } from './retry-loop.ts';
import { manualTimers } from './test/manual-timers.ts';

const pauses = { retryMsMin: 250, retryMsMax: 30_000 };

/** A loop over lanes that fail as long as `refuses` holds; `tried` is what was worked on. */
const loopOver = (waiting: string[], random = 1) => {
  const time = manualTimers();
  const tried: string[] = [];
  const state = { refuses: true };
  const loop = retryLoop({
    ...pauses,
    timers: time.timers,
    random: () => random,
    lanes: () => [...waiting],
    work: async (lane: string) => {
      tried.push(lane);
      if (!state.refuses) waiting.splice(waiting.indexOf(lane), 1);
      return !state.refuses;
    },
  });
  /** The pause ends, and the round after it as well. */
  const pass = async () => {
    time.pass();
    await setImmediate();
  };
  return { loop, time, tried, state, pass };
};

describe('the retry loop', () => {
  it('doubles its pauses up to the longest', async () => {
    const { loop, time, pass } = loopOver(['a']);
    loop.worked(false);
    const seen: (number | undefined)[] = [];
    for (let round = 0; round < 9; round += 1) {
      seen.push(...time.delays());
      await pass();
    }
    expect(seen).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  });

  it('spreads each pause over its second half', () => {
    const { loop, time } = loopOver(['a'], 0);
    loop.worked(false);
    expect(time.delays()).toEqual([125]);
  });

  it('begins again with the shortest pause when something succeeded beside it', async () => {
    const { loop, time, pass } = loopOver(['a']);
    loop.worked(false);
    for (let round = 0; round < 4; round += 1) await pass();
    expect(time.delays()).toEqual([4_000]);
    loop.worked(true);
    expect(time.delays()).toEqual([250]);
  });

  it('gives up a round after three failures in a row, and goes on behind them in the next', async () => {
    const { loop, tried } = loopOver(['a', 'b', 'c', 'd', 'e', 'f']);
    await loop.round();
    expect(new Set(tried).size).toBe(3);
    await loop.round();
    expect(tried.toSorted()).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  });

  it('works off everything once nothing refuses, and rests', async () => {
    const waiting = ['a', 'b', 'c', 'd', 'e', 'f'];
    const { loop, time, state, pass } = loopOver(waiting);
    loop.worked(false);
    await pass();
    state.refuses = false;
    await pass();
    expect(waiting).toEqual([]);
    expect(time.delays()).toEqual([]);
  });

  it('does nothing any more when it is closed', async () => {
    const { loop, time, tried } = loopOver(['a']);
    loop.worked(false);
    loop.close();
    expect(time.delays()).toEqual([]);
    await loop.round();
    loop.worked(false);
    expect(time.delays()).toEqual([]);
    expect(tried).toEqual([]);
  });
});
