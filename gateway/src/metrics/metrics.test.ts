import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reasons } from '@gatehouse/policies/reasons';
import type { Reason } from '@gatehouse/policies/reasons';
import type { Outcome } from '../records/outcome.ts';
import { durationHistogram } from './duration-histogram.ts';
import type { Family } from './family.ts';
import { requestMetrics } from './request-metrics.ts';

const outcome = (given: Partial<Outcome>): Outcome => ({
  requestId: 'req_1',
  method: 'GET',
  host: 'a.example',
  path: '/secret-of-a-person',
  verdict: 'allow',
  reason: undefined,
  status: 200,
  ending: 'complete',
  grounds: { policies: 'd1', asked: [] },
  cause: undefined,
  decideMs: 0.2,
  totalMs: 3,
  upstreamMs: undefined,
  ...given,
});

const samplesOf = (families: readonly Family[], name: string) => {
  const family = families.find((one) => one.name === name);
  return family?.samples ?? [];
};

describe('a histogram of durations', () => {
  const bounds = [1, 5, 25];

  it.each([
    [0, '0.001'],
    [1, '0.001'],
    [1.001, '0.005'],
    [25, '0.025'],
    [25.1, '+Inf'],
    [Number.NaN, '+Inf'],
    [Infinity, '+Inf'],
  ])('puts %d ms under %s', (ms, le) => {
    const histogram = durationHistogram(bounds);
    histogram.observe(ms);
    const first = histogram.samples('x').find(({ value }) => value === 1);
    expect(first?.labels).toEqual({ le });
  });

  it('counts like whoever compares every duration with every bound', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 1 }), (all) => {
        const histogram = durationHistogram(bounds);
        for (const ms of all) histogram.observe(ms);
        const values = histogram.samples('x').map(({ value }) => value);
        const sum = all.reduce((total, ms) => total + ms, 0) / 1_000;
        const expected = [...bounds, Infinity].map((bound) => all.filter((ms) => ms <= bound).length);
        expect(values).toEqual([...expected, expect.closeTo(sum, 9), all.length]);
      }),
    );
  });
});

describe('what is counted of requests', () => {
  it('is one for each, by verdict and reason', () => {
    const metrics = requestMetrics();
    metrics.count(outcome({}));
    metrics.count(outcome({}));
    metrics.count(outcome({ verdict: 'deny', reason: 'not_permitted' }));
    metrics.count(outcome({ verdict: 'allow', reason: 'upstream_failed' }));
    expect(samplesOf(metrics.families(), 'gatehouse_decisions_total')).toEqual([
      { labels: { verdict: 'allow', reason: 'none' }, value: 2 },
      { labels: { verdict: 'allow', reason: 'upstream_failed' }, value: 1 },
      { labels: { verdict: 'deny', reason: 'not_permitted' }, value: 1 },
    ]);
  });

  it('times a decision only where there was one', () => {
    const metrics = requestMetrics();
    metrics.count(outcome({}));
    metrics.count(outcome({ verdict: 'bad-request', reason: 'ambiguous_path', grounds: { asked: [] } }));
    const names = ['gatehouse_decide_duration_seconds', 'gatehouse_request_duration_seconds'];
    const counts = names.map((name) =>
      samplesOf(metrics.families(), name)
        .filter((sample) => sample.name === `${name}_count`)
        .map(({ value }) => value),
    );
    expect(counts).toEqual([[1], [1, 1]]);
  });

  it('names nothing that a caller can choose, whatever comes', () => {
    const metrics = requestMetrics();
    const verdicts = ['allow', 'sign-in', 'deny', 'no-route', 'bad-request', 'unavailable'] as const;
    const all = [undefined, ...(Object.keys(reasons) as Reason[])];
    for (const verdict of verdicts) for (const reason of all) metrics.count(outcome({ verdict, reason }));
    const labels = metrics
      .families()
      .flatMap(({ samples }) => samples.flatMap((sample) => Object.keys(sample.labels ?? {})));
    expect([...new Set(labels)].toSorted()).toEqual(['le', 'reason', 'verdict']);
    expect(samplesOf(metrics.families(), 'gatehouse_decisions_total')).toHaveLength(verdicts.length * all.length);
    expect(JSON.stringify(metrics.families())).not.toContain('secret-of-a-person');
  });
});
