import type { RouteTable } from '@gatehouse/policies/routes/table';
import type { Decider } from '../decide.ts';
import type { LivePolicies } from '../policies/live-policies.ts';
import type { OpenedPolicies } from '../policies/open-policies.ts';
import { withCandidate } from '../replay/candidate.ts';
import { replay } from '../replay/replay.ts';
import { replayRecord } from '../replay/replay-record.ts';
import type { RecordedCaller, RecordedRequest } from '../replay/replay-record.ts';
import type { Principal } from '@gatehouse/policies/principal';
import type { PolicyOperations, ReplayAsked, ReplayTold } from './operations.ts';

type Parts = {
  readonly policies: LivePolicies;
  readonly tryOut: OpenedPolicies['tryOut'];
  /** Decides by these rules in place of those in force, with everything else the same. */
  readonly decideBy: (table: RouteTable) => Decider['decideAs'];
  readonly caller: (caller: RecordedCaller) => Promise<Principal | undefined>;
  /** The newest records, newest first. */
  readonly newest: (limit: number) => Promise<readonly RecordedRequest[]>;
};

/** Answers what operators ask about the route policies, from the set in force. */
export const policyOperations = (parts: Parts): PolicyOperations => ({
  reloadRoutes: async () => ({ kind: 'answer', reloaded: await parts.policies.reload('command') }),
  replay: (asked) => replayed(parts, asked),
});

async function* replayed(
  { policies, tryOut, decideBy, caller, newest }: Parts,
  { candidate, limit, records: given }: ReplayAsked,
): AsyncGenerator<ReplayTold> {
  // One set from the first record to the last, also when another one is put in force meanwhile.
  const live = policies.routes();
  const tried = await tryOut(withCandidate({ sources: live.sources, rules: live.table.rules }, candidate));
  if (tried.kind === 'refused') {
    yield { kind: 'unusable', problems: tried.problems };
    return;
  }
  const records = given?.slice(0, limit) ?? (await newest(limit));
  if (records.length === 0) {
    yield { kind: 'refused', message: 'There is no record to replay: no request has been decided yet.' };
    return;
  }
  const sides = { live: decideBy(live.table), candidate: decideBy(tried.routes.table), caller: remembered(caller) };
  yield* replay(records, (record) => replayRecord(sides, record));
}

/** Few callers make most requests. */
const remembered = (caller: Parts['caller']): Parts['caller'] => {
  const known = new Map<string, Promise<Principal | undefined>>();
  return (one) => {
    const key = `${one.subject} ${one.token ?? ''}`;
    const found = known.get(key) ?? caller(one);
    known.set(key, found);
    return found;
  };
};
