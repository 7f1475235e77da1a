import { describe, expect, it } from 'vitest';
import { bar, spread, summary } from './summary.ts';
import { sample } from '../test/sample.ts';

/** The machine halves its speed in the second round: medians move, per-round ratios do not. */
const drifting = [
  sample('dispatch', 0, { requests: 1_000, cpuMicros: 50 }),
  sample('gatehouse', 0, { requests: 900, cpuMicros: 55, p50Ms: 3 }),
  sample('gatehouse', 1, { requests: 430, seconds: 1, cpuMicros: 120, p50Ms: 3 }),
  sample('dispatch', 1, { requests: 500, cpuMicros: 100 }),
  sample('dispatch', 2, { requests: 2_000, seconds: 2, cpuMicros: 40 }),
  sample('gatehouse', 2, { requests: 1_760, seconds: 2, cpuMicros: 50, p50Ms: 1 }),
];

describe('summary', () => {
  it('divides within each round and takes the median of the quotients', () => {
    const gatehouse = summary(drifting, 'dispatch').find(({ system }) => system === 'gatehouse');
    expect(gatehouse?.ratios.throughput).toEqual({ median: 0.88, min: 0.86, max: 0.9 });
    expect(gatehouse?.ratios.cpu).toEqual({ median: 1.2, min: 1.1, max: 1.25 });
    expect(gatehouse?.ratios.p50).toEqual({ median: 1.5, min: 0.5, max: 1.5 });
    expect(gatehouse?.requestsPerSecond).toEqual({ median: 880, min: 430, max: 900 });
  });

  it('gives the reference 1 against itself', () => {
    const [reference] = summary(drifting, 'dispatch');
    expect(reference).toMatchObject({ system: 'dispatch', ratios: { throughput: { median: 1, min: 1, max: 1 } } });
  });

  it('keeps numbers of connections apart, the smallest first', () => {
    const rows = summary([...drifting, sample('dispatch', 0, { connections: 1 })], 'dispatch');
    expect(rows.map(({ connections, system }) => `${connections} ${system}`)).toEqual([
      '1 dispatch',
      '64 dispatch',
      '64 gatehouse',
    ]);
  });

  it('says nothing about processor time where it is not known', () => {
    const rows = summary(
      [sample('dispatch', 0), sample('gatehouse', 0, { cpuMicros: null, proxyShare: null })],
      'dispatch',
    );
    expect(rows[1]).toMatchObject({ cpuMicrosPerRequest: null, ratios: { cpu: null }, proxyShare: null });
  });

  it('refuses samples without their reference', () => {
    expect(() => summary([sample('gatehouse', 3)], 'dispatch')).toThrow('no reference in round 3 at 64 connections');
  });
});

describe('bar', () => {
  it.each([
    [850, true],
    [849, false],
  ])('with %i of 1000 requests is met: %s', (requests, met) => {
    const rows = summary([sample('dispatch', 0), sample('gatehouse', 0, { requests })], 'dispatch');
    expect(bar(rows)).toMatchObject({ throughputRatio: requests / 1_000, met });
  });

  it('is not judged by a run without it', () => {
    expect(bar(summary([sample('dispatch', 0)], 'dispatch'))).toBeNull();
  });
});

describe('spread', () => {
  it.each([
    [[3], { median: 3, min: 3, max: 3 }],
    [[4, 1], { median: 2.5, min: 1, max: 4 }],
    [[10, 9, 1], { median: 9, min: 1, max: 10 }],
  ])('of %j is %j', (values, expected) => {
    expect(spread(values)).toEqual(expected);
  });
});
