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
