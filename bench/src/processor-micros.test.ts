import { describe, expect, it } from 'vitest';
import { child } from './child.ts';
import { parseStat, processorMicros } from './processor-micros.ts';

describe('parseStat', () => {
  it.each([
    ['42 (node) S 7 42 42 0 -1 4194560 1 2 3 4 100 20 3 1 20 0 11 0', { pid: 42, parent: 7, ticks: 124 }],
    ['42 (a (b) c) d) R 7 42 42 0 -1 4194560 1 2 3 4 5 6 0 0 20 0 11 0', { pid: 42, parent: 7, ticks: 11 }],
    ['', null],
  ])('reads %j', (line, expected) => {
    expect(parseStat(line)).toEqual(expected);
  });
});

describe.runIf(process.platform === 'linux')('processorMicros', () => {
  it('counts what a process has used, about as much as the process says itself', async () => {
    const { user, system } = process.cpuUsage();
    const seen = (await processorMicros(process.pid)) ?? 0;
    expect(seen).toBeGreaterThan(0.8 * (user + system) - 30_000);
  });

  it('counts the processes that it has started', async () => {
    const started = child(new URL('./load/main.ts', import.meta.url));
    const { micros } = await started.ask<{ micros: number }>({ kind: 'cpu' });
    const [alone, both] = [await processorMicros(started.process.pid ?? 0), await processorMicros(process.pid)];
    await started.stop();
    expect(alone).toBeGreaterThanOrEqual(micros - 30_000);
    expect(both).toBeGreaterThanOrEqual((alone ?? 0) + 10_000);
  });

  it('is zero for a process that does not exist', async () => {
    expect(await processorMicros(2 ** 30)).toBe(0);
  });
});
