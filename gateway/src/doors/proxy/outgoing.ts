import { readAnswerHeaders } from '@gatehouse/policies/routes/managed-headers';
import type { Rule } from '@gatehouse/policies/routes/rule';
import type { Target } from '@gatehouse/policies/routes/target';
import type { Verdict } from '../../verdict.ts';
import type { Head } from './head.ts';
import { addIdentityHeaders } from './identity-headers.ts';
import type { RequestState } from './request-state.ts';
import { addManagedHeaders } from './upstream-head.ts';

type Allow = Extract<Verdict, { kind: 'allow' }>;

/** The path of an allowed request as its application gets it. Whole segments go, so no other path can come of it. */
export const outgoingPath = ({ stripSegments = 0 }: Rule, { path, query }: Target): string => {
  let at = 0;
  for (let left = stripSegments; left > 0 && at !== -1; left--) at = path.indexOf('/', at + 1);
  return (at === -1 ? '/' : path.slice(at)) + query;
};

/** The header list of an allowed request: the client's, changed as the rule says, and the gateway's own last. */
export const outgoing = ({ req, requestId }: RequestState, head: Head, verdict: Allow, target: Target): string[] => {
  const { rule, principal, account } = verdict;
  const list = changed(head.outgoing, rule);
  if (head.contentLength > 0) list.push('Content-Length', String(head.contentLength));
  if (head.foreignAuthorization !== undefined && rule.allow.kind === 'everyone') {
    list.push('Authorization', head.foreignAuthorization);
  }
  addManagedHeaders(list, {
    principal,
    account,
    requestId,
    authority: target.authority,
    scheme: 'http',
    clientAddress: req.socket.remoteAddress,
    origin: rule.upstream,
  });
  if (rule.identity !== undefined && principal !== undefined) addIdentityHeaders(list, rule.identity, principal);
  return list;
};

/** A body that the gateway reads has to come plain. */
const forRegistrations: ReadonlySet<string> = new Set(['accept-encoding']);

const nothing: ReadonlySet<string> = new Set();

const changed = (list: string[], rule: Rule): string[] => {
  const { headers } = rule;
  const dropped = droppedBy(rule);
  if (headers === undefined && dropped === nothing) return list;
  const { set, remove } = headers ?? { set: [], remove: [] };
  const replaced = new Set([...dropped, ...remove, ...set.map(([name]) => name)]);
  const kept: string[] = [];
  for (let at = 0; at < list.length; at += 2) {
    const name = list[at] ?? '';
    if (!replaced.has(name.toLowerCase())) kept.push(name, list[at + 1] ?? '');
  }
  kept.push(...set.flat());
  if (dropped !== nothing) kept.push('accept-encoding', 'identity');
  return kept;
};

const droppedBy = ({ filter, registers }: Rule): ReadonlySet<string> => {
  // What goes through a filter is made for one caller: a part of it, or "not changed", would be somebody else's.
  if (filter !== undefined) return readAnswerHeaders;
  return registers === undefined ? nothing : forRegistrations;
};
