import type { Ref } from '@gatehouse/policies/engine/engine';
import type { Account, Principal } from '@gatehouse/policies/principal';
import type { Rule } from '@gatehouse/policies/routes/rule';
import type { Params } from '@gatehouse/policies/routes/table';
import type { Doing } from '../content/content-effects.ts';
import type { Verdict } from '../verdict.ts';
import type { EffectRequest } from './effect.ts';

/** One allowed request of a rule with effects: who does what for whom. */
export type Doer = {
  readonly requestId: string;
  readonly ip: string | undefined;
  /** With its leading `?`. */
  readonly query: string;
  readonly rule: Rule;
  readonly params: Params;
  readonly principal: Principal;
  readonly account: Account | undefined;
  /** The question whose answer let the request through. */
  readonly granted: { readonly relation: string; readonly object: Ref } | undefined;
};

/** Undefined when nobody is known. */
export const doerOf = (
  { rule, params = {}, principal, account, asked }: Extract<Verdict, { kind: 'allow' }>,
  { requestId, req, target }: EffectRequest,
): Doer | undefined => {
  if (principal === undefined) return undefined;
  const granted = asked.findLast(({ kind, answer }) => kind === 'check' && answer === 'allowed');
  const query = target?.query ?? '';
  return { requestId, ip: req.socket.remoteAddress, query, rule, params, principal, account, granted };
};

/** For the audit: who, for which account, and the permission that allowed it. */
export const doingOf = ({ principal, requestId, ip, granted }: Doer, account: Account): Doing => ({
  account,
  principal,
  requestId,
  ip,
  permission: granted === undefined ? undefined : `${granted.relation} ${granted.object}`,
});
