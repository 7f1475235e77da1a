import type { Awaitable } from '@gatehouse/policies/engine/engine';
import type { Principal } from '@gatehouse/policies/principal';
import type { Reason } from '@gatehouse/policies/reasons';

/** `not-mine` tries the next resolver; `invalid` stops: a bad credential is not an absent one. */
export type Identified =
  | { readonly kind: 'principal'; readonly principal: Principal }
  | { readonly kind: 'not-mine' }
  | { readonly kind: 'invalid'; readonly reason: Reason };

/** Answers for one bearer credential. Rejects only when it cannot establish an answer: the caller then refuses with 503. */
export type Identify = (bearer: string) => Awaitable<Identified>;

const notMine: Identified = { kind: 'not-mine' };

/** Asks one resolver after the other until one knows the credential as its own. One that cannot answer stops it as well. */
export const firstOf =
  (...resolvers: readonly Identify[]): Identify =>
  (bearer) =>
    askFrom(resolvers, 0, bearer);

/** A loop, because it runs for every request: nothing is allocated unless there is something to wait for. */
const askFrom = (resolvers: readonly Identify[], first: number, bearer: string): Awaitable<Identified> => {
  for (let at = first; at < resolvers.length; at += 1) {
    const found = resolvers[at]?.(bearer) ?? notMine;
    if (found instanceof Promise)
      return found.then((settled) => (settled.kind === 'not-mine' ? askFrom(resolvers, at + 1, bearer) : settled));
    if (found.kind !== 'not-mine') return found;
  }
  return notMine;
};
