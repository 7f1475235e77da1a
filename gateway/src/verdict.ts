import type { Account, Principal } from '@gatehouse/policies/principal';
import type { Reason } from '@gatehouse/policies/reasons';
import type { Beside } from '@gatehouse/policies/routes/beside';
import type { Rule } from '@gatehouse/policies/routes/rule';
import type { Asked } from '@gatehouse/policies/routes/rule-context';
import type { Params } from '@gatehouse/policies/routes/table';

/** What every verdict knows beside its kind, for the decision record. `rule` is absent when no route matched, and where one in shadow did. */
export type Grounds = {
  /** Digest of the route policies that decided; absent when none was asked. */
  readonly policies?: string;
  readonly rule?: Rule;
  /** Values of host and path parameters of `rule`. */
  readonly params?: Params;
  readonly principal?: Principal;
  readonly account?: Account;
  readonly asked: readonly Asked[];
  /** What a rule in shadow or a candidate would have said; has changed nothing. */
  readonly beside?: Beside;
};

/** The outcome of one request at any door. There is no default: `switch` on `kind`, and a new kind does not compile until it is handled. */
export type Verdict =
  | ({ readonly kind: 'allow' } & Grounds & { readonly rule: Rule })
  | ({ readonly kind: 'sign-in'; readonly reason: Reason } & Grounds)
  | ({ readonly kind: 'deny'; readonly reason: Reason } & Grounds)
  | ({ readonly kind: 'no-route'; readonly reason: Reason } & Grounds)
  | ({ readonly kind: 'bad-request'; readonly reason: Reason; readonly detail?: string } & Grounds)
  | ({ readonly kind: 'unavailable'; readonly reason: Reason; readonly cause: Error } & Grounds);
