import { reasons } from '@gatehouse/policies/reasons';
import type { Reason } from '@gatehouse/policies/reasons';
import type { Outcome } from '../records/outcome.ts';
import type { Verdict } from '../verdict.ts';
import { durationHistogram } from './duration-histogram.ts';
import type { Family, Sample } from './family.ts';

/** Counts requests where they end. A library's counters cost a request more than its decision, so these are bare numbers. */
export type RequestMetrics = {
  readonly count: (outcome: Outcome) => void;
  readonly families: () => readonly Family[];
};

const verdictSlots = {
  allow: 0,
  'sign-in': 1,
  deny: 2,
  'no-route': 3,
  'bad-request': 4,
  unavailable: 5,
} as const satisfies Record<Verdict['kind'], number>;

const verdicts = Object.keys(verdictSlots) as readonly Verdict['kind'][];
/** `none`: the answer was the application's. */
const reasonNames = ['none', ...(Object.keys(reasons) as readonly Reason[])] as const;
const reasonSlots: ReadonlyMap<string, number> = new Map(reasonNames.map((reason, slot) => [reason, slot]));

/** From the time that an embedded engine takes to the deadline of a remote one. */
const decideBoundsMs = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 1_000];
/** OpenTelemetry's for HTTP servers, and two below. */
const requestBoundsMs = [1, 2.5, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1_000, 2_500, 5_000, 7_500, 10_000];

export const requestMetrics = (): RequestMetrics => {
  const counts = new Float64Array(verdicts.length * reasonNames.length);
  const deciding = durationHistogram(decideBoundsMs);
  const requests = verdicts.map(() => durationHistogram(requestBoundsMs));
  return {
    count: ({ verdict, reason, grounds, decideMs, totalMs }) => {
      const slot = verdictSlots[verdict];
      const at = slot * reasonNames.length + (reason === undefined ? 0 : (reasonSlots.get(reason) ?? 0));
      counts[at] = (counts[at] as number) + 1;
      requests[slot]?.observe(totalMs);
      // Without policies nothing was decided: the request was refused before.
      if (grounds.policies !== undefined) deciding.observe(decideMs);
    },
    families: () => [
      {
        name: 'gatehouse_decisions_total',
        help: 'Requests by verdict, and by reason where the gateway itself answered.',
        type: 'counter',
        samples: decisionSamples(counts),
      },
      {
        name: 'gatehouse_decide_duration_seconds',
        help: 'From taking up a request to its verdict.',
        type: 'histogram',
        samples: deciding.samples('gatehouse_decide_duration_seconds'),
      },
      {
        name: 'gatehouse_request_duration_seconds',
        help: 'From taking up a request to the last byte of its answer, by verdict.',
        type: 'histogram',
        samples: verdicts.flatMap(
          (verdict, slot) => requests[slot]?.samples('gatehouse_request_duration_seconds', { verdict }) ?? [],
        ),
      },
    ],
  };
};

const decisionSamples = (counts: Float64Array): readonly Sample[] =>
  verdicts.flatMap((verdict, slot) =>
    reasonNames.flatMap((reason, column) => {
      const value = counts[slot * reasonNames.length + column] ?? 0;
      return value === 0 ? [] : [{ labels: { verdict, reason }, value }];
    }),
  );
