import { z } from 'zod';
import type { Awaitable } from '@gatehouse/policies/engine/engine';
import type { Principal } from '@gatehouse/policies/principal';
import { permissionsIn, templatesOf } from '@gatehouse/policies/routes/rule';
import type { Rule } from '@gatehouse/policies/routes/rule';
import { tupleText } from '@gatehouse/policies/engine/tuple-text';
import { readTarget } from '@gatehouse/policies/routes/target';
import type { Target } from '@gatehouse/policies/routes/target';
import type { Decider, DoorRequest } from '../decide.ts';
import { proxyStatus } from '../doors/status.ts';
import type { Verdict } from '../verdict.ts';

/** What a decision record tells of the request; its own verdict is history. */
export const recordedRequest = z.object({
  method: z.string(),
  host: z.string(),
  path: z.string(),
  reason: z.string().optional(),
  subject: z.string().optional(),
  account: z.string().optional(),
  token: z.string().optional(),
});

export type RecordedRequest = z.output<typeof recordedRequest>;

export type RecordedCaller = { readonly subject: string; readonly token?: string | undefined };

/** Why a recorded request cannot be decided again. */
export const skipReasons = {
  refused_before: 'were refused before any rule was asked',
  unknown_caller: 'were made by callers who are not there any more',
  unknown_account: 'named an acting account that was refused, which records do not keep',
  unknown_query: 'are decided by a query parameter, which records do not keep',
  unknown_credential: 'are decided by the kind of credential, which their records do not tell',
  unable_to_decide: 'could not be decided now',
} as const;

export type SkipReason = keyof typeof skipReasons;

/** How one set of rules decides. */
export type Side = {
  readonly verdict: Verdict['kind'];
  readonly status: number;
  readonly reason?: string;
  readonly route?: string;
  readonly asked: readonly string[];
};

export type ReplayedRecord =
  | { readonly kind: 'replayed'; readonly caller: string; readonly before: Side; readonly after: Side }
  | { readonly kind: 'skipped'; readonly why: SkipReason };

type Parts = {
  readonly live: Decider['decideAs'];
  readonly candidate: Decider['decideAs'];
  readonly caller: (caller: RecordedCaller) => Awaitable<Principal | undefined>;
};

/** Decides a recorded request twice, with the tuples of now. Never rejects unless `caller` does. */
export const replayRecord = async (parts: Parts, record: RecordedRequest): Promise<ReplayedRecord> => {
  const target = targetOf(record);
  if (target === undefined) return skipped('refused_before');
  const { subject, token } = record;
  const principal = subject === undefined ? undefined : await parts.caller({ subject, token });
  if (subject !== undefined && principal === undefined) return skipped('unknown_caller');

  const known = await decidedLive(parts.live, record, target, principal);
  if (known === undefined) return skipped('unknown_account');
  const { request, before } = known;
  const after = await parts.candidate(request, principal);
  const why = undecidable(before, record) ?? undecidable(after, record);
  if (why !== undefined) return skipped(why);
  return { kind: 'replayed', caller: principal?.name ?? 'nobody', before: sideOf(before), after: sideOf(after) };
};

/** An invalid credential is refused whatever the rules say; what it would have shown is not known. */
const targetOf = ({ method, host, path, reason }: RecordedRequest): Target | undefined => {
  const read = readTarget({ method, rawTarget: path, host });
  return read.kind === 'refused' || reason === 'invalid_credential' ? undefined : read.target;
};

const skipped = (why: SkipReason): ReplayedRecord => ({ kind: 'skipped', why });

/**
 * The header Gatehouse-Account is not recorded, the acting account is: the header was there when the caller would act for
 * another account without it. Of an account that was refused nothing is known, unless the path names it.
 */
const decidedLive = async (
  live: Decider['decideAs'],
  { account, reason }: RecordedRequest,
  target: Target,
  principal: Principal | undefined,
): Promise<{ readonly request: DoorRequest; readonly before: Verdict } | undefined> => {
  const unnamed = await live({ target }, principal);
  const isRefused = reason === 'foreign_account' || reason === 'ambiguous_header';
  if (isRefused && unnamed.params?.['account'] === undefined) return undefined;
  if (isRefused || account === undefined || unnamed.account?.id === account) {
    return { request: { target }, before: unnamed };
  }
  const request = { target, account };
  return { request, before: await live(request, principal) };
};

const undecidable = (verdict: Verdict, { subject, token }: RecordedRequest): SkipReason | undefined => {
  if (verdict.kind === 'unavailable') return 'unable_to_decide';
  if (verdict.rule === undefined) return undefined;
  if (asksQuery(verdict.rule)) return 'unknown_query';
  // An API token's record names the token; a session and the issuers of others look alike.
  if (verdict.rule.credentials !== undefined && subject !== undefined && token === undefined) {
    return 'unknown_credential';
  }
  return undefined;
};

const asksQuery = ({ allow }: Rule): boolean =>
  permissionsIn(allow).some((one) => templatesOf(one).some(({ parts }) => parts.some(({ kind }) => kind === 'query')));

const sideOf = (verdict: Verdict): Side => ({
  verdict: verdict.kind,
  status: proxyStatus(verdict),
  ...('reason' in verdict ? { reason: verdict.reason } : {}),
  ...(verdict.rule === undefined ? {} : { route: verdict.rule.id }),
  asked: verdict.asked.map((one) => `${tupleText(one)} = ${one.answer}`),
});
