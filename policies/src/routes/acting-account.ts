import { andThen } from './awaitable.ts';
import { ask } from './rule-context.ts';
import type { Awaitable } from '../engine/engine.ts';
import type { Account } from '../principal.ts';
import type { Failed, RuleContext } from './rule-context.ts';

/** The account on whose behalf the caller acts; `none` only where the rule lets everyone in. */
export type Acting =
  | { readonly kind: 'account'; readonly account: Account }
  | { readonly kind: 'none' }
  | { readonly kind: 'denied'; readonly reason: 'foreign_account' | 'not_permitted' }
  | Failed;

const none = { kind: 'none' } as const;
/** The same for an account that does not exist and for one that the caller does not belong to: nobody learns which. */
const foreign = { kind: 'denied', reason: 'foreign_account' } as const;
const suspended = { kind: 'denied', reason: 'not_permitted' } as const;

/** A slug or an id, as people and tokens write it. */
export const isAccountName = (text: string): boolean => /^[a-z0-9][a-z0-9_-]{0,62}$/.test(text);

/**
 * Finds the acting account and asks `can_view` on it: host or path parameter `{account}`, then the header, then the
 * account the caller is at home in. On a route that is open to everyone an account that cannot be had through path or home
 * is left out; one that the header names is refused everywhere, never replaced.
 */
export const actingAccount = (context: RuleContext, header: string | undefined, isOpen: boolean): Awaitable<Acting> => {
  const { account: named } = context.match.params;
  if (named !== undefined)
    return andThen(member(context, named), (acting) => (isOpen && acting.kind !== 'account' ? none : acting));
  if (header !== undefined) return member(context, header);
  return andThen(viewed(context, context.principal.home, suspended), (acting) =>
    isOpen && acting.kind !== 'account' ? none : acting,
  );
};

const member = (context: RuleContext, name: string): Awaitable<Acting> => {
  const { home, fixedToHome } = context.principal;
  if (name === home.slug || name === home.id) return viewed(context, home, foreign);
  if (fixedToHome) return foreign;
  return andThen(context.accounts(name), (account) =>
    account === undefined ? foreign : viewed(context, account, foreign),
  );
};

const viewed = (context: RuleContext, account: Account, otherwise: Acting): Awaitable<Acting> =>
  andThen(ask(context, 'can_view', `organization:${account.id}`), (decision): Acting => {
    switch (decision.verdict) {
      case 'allowed':
        return { kind: 'account', account };
      case 'denied':
        return otherwise;
      case 'failed':
        return { kind: 'failed', code: decision.code, message: decision.message };
    }
  });
