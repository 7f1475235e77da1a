import { andThen } from './awaitable.ts';
import { ask } from './rule-context.ts';
import { scopeAllows } from '../scopes.ts';
import type { Awaitable } from '../engine/engine.ts';
import type { Account } from '../principal.ts';
import type { SentenceOutcome } from './evaluate-sentence.ts';
import type { RuleContext } from './rule-context.ts';
import type { Rule } from './rule.ts';

/** True when a rule does something for the acting account, so that there has to be one. */
export const actsForAccount = ({ acting, registers, meter }: Rule): boolean =>
  acting !== undefined || registers !== undefined || meter !== undefined;

/** True when it matters for which account: something is created or counted there. */
export const changesAccount = ({ registers, meter }: Rule): boolean => registers !== undefined || meter !== undefined;

/**
 * What the caller needs on the acting account, beside the `can_view` that makes the account the caller's and that metering
 * asks for: what the rule names, or `can_create_content` where it registers.
 */
export const actingPermission = ({ acting, registers }: Rule): string | undefined => {
  const permission = acting ?? (registers === undefined ? undefined : 'can_create_content');
  return permission === 'can_view' ? undefined : permission;
};

/** Asks it, once: a sentence that has asked the same question about the same account has settled it. */
export const actingOutcome = (
  context: RuleContext,
  account: Account,
  permission: string,
): Awaitable<SentenceOutcome> => {
  const { principal, asked } = context;
  if (!scopeAllows(principal.scopes, permission, 'organization')) return { kind: 'denied', reason: 'out_of_scope' };
  const object = `organization:${account.id}` as const;
  const isSettled = asked.some(
    (one) => one.kind === 'check' && one.relation === permission && one.object === object && one.answer === 'allowed',
  );
  if (isSettled) return { kind: 'allowed' };
  return andThen(ask(context, permission, object), (decision): SentenceOutcome => {
    switch (decision.verdict) {
      case 'allowed':
        return { kind: 'allowed' };
      case 'denied':
        return { kind: 'denied', reason: 'not_permitted' };
      case 'failed':
        return { kind: 'failed', code: decision.code, message: decision.message };
    }
  });
};
