import type { Clock } from '../clock.ts';
import type { Outcome, RecordOutcome } from './outcome.ts';
import type { Beside } from '@gatehouse/policies/routes/beside';
import type { Asked } from '@gatehouse/policies/routes/rule-context';
import { isoTimes } from './iso-time.ts';
import type { LineFile } from './line-file.ts';
import { recordLine } from './record-line.ts';
import type { BesideRecord, DecisionRecord } from './record.ts';
import type { RecentLines } from './recent-lines.ts';

type Parts = {
  readonly recent: Pick<RecentLines, 'add'>;
  readonly log: Pick<LineFile, 'add'>;
  /** Named by records of requests that were refused before any rule was asked. */
  readonly policiesDigest: () => string;
  readonly clock: Clock;
};

/** Keeps a record of each request in memory and as a line of the decision log; the request waits for no I/O. */
export const recordOutcome = ({ recent, log, policiesDigest, clock }: Parts): RecordOutcome => {
  const isoTime = isoTimes();
  return (outcome) => {
    const line = recordLine(recordOf(outcome, outcome.grounds.policies ?? policiesDigest(), isoTime(clock.wallMs())));
    recent.add(line);
    log.add(line);
  };
};

const recordOf = (outcome: Outcome, policies: string, time: string): DecisionRecord => {
  const { rule, principal, account, asked, beside } = outcome.grounds;
  return {
    time,
    request: outcome.requestId,
    method: outcome.method,
    host: outcome.host,
    path: outcome.path,
    verdict: outcome.verdict,
    reason: outcome.reason,
    status: outcome.status,
    ending: outcome.ending,
    route: rule?.id,
    policies,
    subject: principal?.subject,
    account: account?.id,
    token: principal?.tokenId,
    asked: asked.map(askedText),
    beside: beside === undefined ? undefined : besideRecord(beside),
    source: sourceOf(outcome),
    cause: outcome.cause?.message,
    decideMs: rounded(outcome.decideMs),
    upstreamMs: outcome.upstreamMs === undefined ? undefined : rounded(outcome.upstreamMs),
    totalMs: rounded(outcome.totalMs),
  };
};

const besideRecord = ({ asked, ...beside }: Beside): BesideRecord => ({ ...beside, asked: asked.map(askedText) });

const askedText = ({ subject, relation, object, answer }: Asked): string =>
  `${subject} ${relation} ${object} = ${answer}`;

const sourceOf = ({ grounds }: Outcome): DecisionRecord['source'] => {
  if (grounds.asked.length > 0) return 'engine';
  return grounds.rule === undefined ? 'none' : 'rule';
};

const rounded = (ms: number): number => Math.round(ms * 1_000) / 1_000;
