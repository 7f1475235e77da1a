import { reasons } from '@gatehouse/policies/reasons';
import type { Reason } from '@gatehouse/policies/reasons';
import { describe, expect, it } from 'vitest';
import type { Verdict } from '../verdict.ts';
import { proxyAnswer, proxyStatus } from './status.ts';

const every = Object.keys(reasons) as Reason[];
const kinds = ['sign-in', 'deny', 'no-route', 'bad-request'] as const;

describe('the proxy door', () => {
  it.each(kinds)('never forwards %s, and answers the status of its reason', (kind) => {
    for (const reason of every) {
      const verdict: Verdict = { kind, reason, asked: [] };
      expect(proxyAnswer(verdict)).toMatchObject({ kind: 'refuse', reason });
      expect(proxyStatus(verdict)).toBe(reasons[reason].status);
    }
  });

  it('keeps the cause of an inability and the detail of a bad request', () => {
    const cause = new Error('engine away');
    expect(proxyAnswer({ kind: 'unavailable', reason: 'unable_to_decide', cause, asked: [] })).toEqual({
      kind: 'refuse',
      reason: 'unable_to_decide',
      cause,
    });
    expect(proxyAnswer({ kind: 'bad-request', reason: 'bad_parameter', detail: 'id', asked: [] })).toEqual({
      kind: 'refuse',
      reason: 'bad_parameter',
      detail: 'id',
    });
  });

  it('answers every reason with an error', () => {
    for (const reason of every) expect(reasons[reason].status).toBeGreaterThanOrEqual(400);
  });
});
