import { describe, expect, it } from 'vitest';
import { coalesced } from './coalesced.ts';

/** Runs that end when the test says so. */
const heldRuns = () => {
  const runs: { readonly whys: readonly string[]; readonly end: (result: number | Error) => void }[] = [];
  let underWay = 0;
  let mostUnderWay = 0;
  const ask = coalesced<string, number>((whys) => {
    underWay += 1;
    mostUnderWay = Math.max(mostUnderWay, underWay);
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const end = (result: number | Error): void => {
      underWay -= 1;
      if (typeof result === 'number') resolve(result);
      else reject(result);
    };
    runs.push({ whys: [...whys], end });
    return promise;
  });
  return { ask, runs, mostUnderWay: () => mostUnderWay };
};

describe('runs that are coalesced', () => {
  it('begin at once when none is under way', async () => {
    const { ask, runs } = heldRuns();
    const asked = ask('change');
    expect(runs.map(({ whys }) => whys)).toEqual([['change']]);
    runs[0]?.end(1);
    expect(await asked).toBe(1);
  });

  it('are one further run for all who ask meanwhile, begun after the one under way', async () => {
    const { ask, runs, mostUnderWay } = heldRuns();
    const first = ask('change');
    const others = [ask('change'), ask('command'), ask('signal')];
    expect(runs).toHaveLength(1);
    runs[0]?.end(1);
    expect(await first).toBe(1);
    expect(runs.map(({ whys }) => whys)).toEqual([['change'], ['change', 'command', 'signal']]);
    runs[1]?.end(2);
    expect(await Promise.all(others)).toEqual([2, 2, 2]);
    expect({ runs: runs.length, most: mostUnderWay() }).toEqual({ runs: 2, most: 1 });
  });

  it('go on after one that failed', async () => {
    const { ask, runs } = heldRuns();
    const first = ask('change');
    const second = ask('command');
    runs[0]?.end(new Error('broken'));
    await expect(first).rejects.toThrow('broken');
    runs[1]?.end(2);
    expect(await second).toBe(2);
  });
});
