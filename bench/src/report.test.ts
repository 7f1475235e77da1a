import { describe, expect, it } from 'vitest';
import { parse } from './options.ts';
import type { Options } from './options.ts';
import { report, reportText } from './report.ts';
import { sample } from '../test/sample.ts';

const options = (): Options => {
  const parsed = parse(['--connections', '64'], ['gatehouse', 'dispatch']);
  if (parsed.kind !== 'run') throw new Error('wrong options');
  return parsed.options;
};

const systems = [
  { name: 'gatehouse', what: 'the gateway' },
  { name: 'dispatch', what: 'the reference' },
];

const textOf = (...samples: ReturnType<typeof sample>[]): string =>
  reportText(report(samples, systems, options(), new Date(0)));

describe('reportText', () => {
  it('says under the table what each system is', () => {
    expect(textOf(sample('dispatch', 0))).toContain(
      ' |\n\n* `gatehouse`: the gateway\n* `dispatch`: the reference\n\n',
    );
  });

  it('says under what circumstances it was measured', () => {
    expect(textOf(sample('dispatch', 0))).toContain(`1970-01-01, Node ${process.versions.node} on ${process.platform}`);
  });

  it.each([
    [880, 'reaches 0.88 of the reference’s throughput; 0.85 is asked: **met**'],
    [800, 'reaches 0.80 of the reference’s throughput; 0.85 is asked: **missed**'],
  ])('judges the bar for %i of 1000 requests', (requests, sentence) => {
    expect(textOf(sample('dispatch', 0), sample('gatehouse', 0, { requests }))).toContain(sentence);
  });

  it('warns when something else than the proxy was the limit', () => {
    const text = textOf(sample('dispatch', 0), sample('gatehouse', 0, { proxyShare: 0.5, othersShare: 0.9 }));
    expect(text).toContain('other programs 90%. **The proxy was not the limit** for gatehouse:');
  });

  it('does not warn when every proxy filled its core', () => {
    expect(textOf(sample('dispatch', 0))).not.toContain('not the limit');
  });
});
