import { expect, it } from 'vitest';
import type { Asked } from '@gatehouse/policies/routes/rule-context';
import { systemClock } from '../clock.ts';
import type { Outcome } from './outcome.ts';
import { recordOutcome } from './record-outcome.ts';
import type { DecisionRecord } from './record.ts';

const asked = (relation: string, answer: Asked['answer']): Asked => ({
  kind: 'check',
  subject: 'user:usr_1',
  relation,
  object: 'content:q.a/qft',
  answer,
});

const recorded = (grounds: Partial<Outcome['grounds']>): DecisionRecord => {
  const lines: string[] = [];
  const record = recordOutcome({
    recent: { add: (line) => void lines.push(line) },
    log: { add: () => undefined },
    policiesDigest: () => 'of-no-rule',
    clock: systemClock,
  });
  record({
    requestId: 'req_1',
    method: 'GET',
    host: 'h',
    path: '/',
    verdict: 'allow',
    reason: undefined,
    status: 200,
    ending: 'complete',
    grounds: { asked: [asked('can_view', 'allowed')], ...grounds },
    cause: undefined,
    decideMs: 0.0123456,
    totalMs: 1,
    upstreamMs: undefined,
  });
  return JSON.parse(lines[0] ?? '') as DecisionRecord;
};

it('keeps what a candidate would have said, apart from what decided', () => {
  const record = recorded({
    beside: {
      kind: 'candidate',
      route: 'q GET /',
      verdict: 'deny',
      reason: 'not_permitted',
      asked: [asked('can_edit', 'denied')],
    },
  });
  expect(record).toMatchObject({
    verdict: 'allow',
    asked: ['user:usr_1 can_view content:q.a/qft = allowed'],
    beside: {
      kind: 'candidate',
      route: 'q GET /',
      verdict: 'deny',
      reason: 'not_permitted',
      asked: ['user:usr_1 can_edit content:q.a/qft = denied'],
    },
  });
});

it('leaves out what is not there', () => {
  const record = recorded({});
  expect(record).not.toHaveProperty('beside');
  expect(record).not.toHaveProperty('reason');
  expect(record).toMatchObject({ policies: 'of-no-rule', decideMs: 0.012 });
});
