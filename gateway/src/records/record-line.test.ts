import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recordLine } from './record-line.ts';
import type { BesideRecord, DecisionRecord } from './record.ts';

const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constantFrom('"', '\\', '\u2028', '\ud800', ''));
const optional = fc.option(text, { nil: undefined });
const ms = fc.integer({ min: 0, max: 10_000_000 }).map((micros) => micros / 1_000);

const beside: fc.Arbitrary<BesideRecord> = fc.record(
  {
    kind: fc.constantFrom('shadow' as const, 'candidate' as const),
    route: text,
    verdict: fc.constantFrom('allow' as const, 'deny' as const),
    reason: fc.constant('not_permitted' as const),
    asked: fc.array(text, { maxLength: 2 }),
  },
  { requiredKeys: ['kind', 'route', 'verdict', 'asked'] },
);

const whole = fc.record({
  time: fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }).map((date) => date.toISOString()),
  request: text,
  method: text,
  host: text,
  path: text,
  verdict: fc.constantFrom('allow' as const, 'deny' as const, 'bad-request' as const),
  reason: fc.constantFrom(undefined, 'not_permitted' as const),
  status: fc.integer({ min: 0, max: 599 }),
  ending: fc.constantFrom('complete' as const, 'cut' as const),
  route: optional,
  policies: fc.constant('0123abcd'),
  subject: optional,
  account: optional,
  token: optional,
  asked: fc.array(text, { maxLength: 3 }),
  source: fc.constantFrom('engine' as const, 'none' as const),
  cause: optional,
  decideMs: ms,
  upstreamMs: fc.option(ms, { nil: undefined }),
  totalMs: ms,
});
const record: fc.Arbitrary<DecisionRecord> = fc
  .tuple(whole, fc.option(beside, { nil: undefined }))
  .map(([one, other]) => ({ ...one, beside: other }));

describe('the line of a record', () => {
  it('is what JSON.stringify writes, whatever stands in it', () => {
    fc.assert(
      fc.property(record, (one) => {
        expect(JSON.parse(recordLine(one))).toEqual(JSON.parse(JSON.stringify(one)));
      }),
    );
  });

  it('is one line', () => {
    const check = fc.property(record, (one) => {
      expect(recordLine(one)).not.toMatch(/[\r\n]/);
    });
    fc.assert(check);
  });
});
