import { describe, expect, it } from 'vitest';
import { summary } from './summary.ts';
import { table } from './table.ts';
import { sample } from '../test/sample.ts';

describe('table', () => {
  it('shows medians, ratios with their spread, and nothing that is not known', () => {
    const samples = [
      sample('dispatch', 0, { requests: 12_345 }),
      sample('gatehouse', 0, { requests: 11_111, cpuMicros: null, proxyShare: null, p99Ms: 6 }),
    ];
    expect(table(summary(samples, 'dispatch'), 'dispatch')).toBe(
      [
        '| conns | system    | requests/s |       ÷ dispatch | CPU µs/req | ÷ dispatch | p50 ms |       ÷ dispatch | p99 ms |       ÷ dispatch | core |',
        '|------:|-----------|-----------:|-----------------:|-----------:|-----------:|-------:|-----------------:|-------:|-----------------:|-----:|',
        '|    64 | dispatch  |     12 345 |                1 |       50.0 |          1 |   2.00 |                1 |   4.00 |                1 | 100% |',
        '|    64 | gatehouse |     11 111 | 0.90 (0.90–0.90) |          – |          – |   2.00 | 1.00 (1.00–1.00) |   6.00 | 1.50 (1.50–1.50) |    – |',
      ].join('\n'),
    );
  });
});
