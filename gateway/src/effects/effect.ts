import type { Awaitable } from '@gatehouse/policies/engine/engine';
import type { Reason } from '@gatehouse/policies/reasons';
import type { Target } from '@gatehouse/policies/routes/target';
import type { Verdict } from '../verdict.ts';

/** What a rule does once its application has answered 2xx, before the caller gets the answer. Made for one request. */
export type Effect = {
  /** The body is read before `work`, up to so many bytes; 0 = it is passed on as it comes, once `work` is done. */
  readonly bodyBytesMax: number;
  /** Done even when the caller has left: what the application did is done. */
  readonly outlivesCaller: boolean;
  /** `body` is whole. It is undefined when it is not read, too long, compressed, or not said to be JSON. Never rejects. */
  readonly work: (body: Buffer | undefined) => Awaitable<Worked>;
};

/** What the caller gets: the answer, with another body where one is given, or a refusal. */
export type Worked =
  | { readonly kind: 'pass'; readonly body?: Buffer }
  | {
      readonly kind: 'refuse';
      readonly reason: Reason;
      readonly detail?: string | undefined;
      readonly cause?: Error | undefined;
    };

/** What is known of the request itself. */
export type EffectRequest = {
  readonly requestId: string;
  readonly target: Pick<Target, 'query'> | undefined;
  readonly req: { readonly socket: { readonly remoteAddress?: string | undefined } };
};

/** The effect of an allowed request; undefined when its rule has none. */
export type EffectOf = (verdict: Extract<Verdict, { kind: 'allow' }>, request: EffectRequest) => Effect | undefined;
