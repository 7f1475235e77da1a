import type { Awaitable } from '@gatehouse/policies/engine/engine';
import type { Principal } from '@gatehouse/policies/principal';
import type { Reason } from '@gatehouse/policies/reasons';
import { foldUntil } from '@gatehouse/policies/routes/awaitable';

/** `not-mine` tries the next resolver; `invalid` stops: a bad credential is not an absent one. */
export type Identified =
  | { readonly kind: 'principal'; readonly principal: Principal }
  | { readonly kind: 'not-mine' }
  | { readonly kind: 'invalid'; readonly reason: Reason };

/** Answers for one bearer credential. Rejects only when it cannot establish an answer: the caller then refuses with 503. */
export type Identify = (bearer: string) => Awaitable<Identified>;

const notMine: Identified = { kind: 'not-mine' };

/** Asks one resolver after the other until one knows the credential as its own. One that cannot answer stops it as well. */
export const firstOf = (...resolvers: readonly Identify[]): Identify => {
  const [only] = resolvers;
  if (only !== undefined && resolvers.length === 1) return only;
  return (bearer) =>
    foldUntil<Identify, Identified>(
      resolvers,
      notMine,
      (_, identify) => identify(bearer),
      ({ kind }) => kind !== 'not-mine',
    );
};
