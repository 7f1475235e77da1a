import { setImmediate as turn } from 'node:timers/promises';
import type { RecordedRequest, ReplayedRecord, Side, SkipReason } from './replay-record.ts';

/** Requests that are alike and would be decided otherwise. */
export type Difference = {
  readonly count: number;
  readonly method: string;
  readonly host: string;
  readonly path: string;
  /** Absent = no credential. */
  readonly subject?: string;
  /** User name or service account name. */
  readonly caller: string;
  /** Acting account. */
  readonly account?: string;
  readonly before: Side;
  readonly after: Side;
};

export type ReplaySummary = {
  /** Records that were looked at. */
  readonly records: number;
  readonly replayed: number;
  readonly differing: number;
  readonly skipped: Readonly<Partial<Record<SkipReason, number>>>;
  /** The commonest first. */
  readonly differences: readonly Difference[];
};

export type ReplayProgress = { readonly kind: 'progress'; readonly done: number; readonly total: number };
export type ReplayDone = { readonly kind: 'answer'; readonly summary: ReplaySummary };

/** So many are decided before waiting requests get their turn. */
const batch = 50;

/** Decides records again, one after another, and tells how far it is; the last thing told is the answer. */
export async function* replay(
  records: readonly RecordedRequest[],
  decide: (record: RecordedRequest) => Promise<ReplayedRecord>,
): AsyncGenerator<ReplayProgress | ReplayDone> {
  const tally = tallied();
  for (const [index, record] of records.entries()) {
    if (index > 0 && index % batch === 0) {
      yield { kind: 'progress', done: index, total: records.length };
      await turn();
    }
    tally.add(record, await decide(record));
  }
  yield { kind: 'answer', summary: tally.summary() };
}

const tallied = () => {
  const skipped: Partial<Record<SkipReason, number>> = {};
  const groups = new Map<string, Difference>();
  let [records, replayed, differing] = [0, 0, 0];
  return {
    add: (record: RecordedRequest, outcome: ReplayedRecord): void => {
      records += 1;
      if (outcome.kind === 'skipped') {
        skipped[outcome.why] = (skipped[outcome.why] ?? 0) + 1;
        return;
      }
      replayed += 1;
      if (!differs(outcome.before, outcome.after)) return;
      differing += 1;
      const { count, ...difference } = differenceOf(record, outcome);
      const key = JSON.stringify(difference);
      groups.set(key, { ...difference, count: (groups.get(key)?.count ?? 0) + count });
    },
    summary: (): ReplaySummary => ({
      records,
      replayed,
      differing,
      skipped,
      differences: [...groups.values()].toSorted((left, right) => right.count - left.count),
    }),
  };
};

/** The same answer by the same rule is no difference, whatever was asked on the way. */
const differs = (before: Side, after: Side): boolean =>
  before.verdict !== after.verdict || before.reason !== after.reason || before.route !== after.route;

const differenceOf = (
  { method, host, path, subject, account }: RecordedRequest,
  { caller, before, after }: Extract<ReplayedRecord, { kind: 'replayed' }>,
): Difference => ({
  count: 1,
  method,
  host,
  path,
  ...(subject === undefined ? {} : { subject }),
  caller,
  ...(account === undefined ? {} : { account }),
  before,
  after,
});
