import { reasons } from '@gatehouse/policies/reasons';
import type { Reason } from '@gatehouse/policies/reasons';
import type { Verdict } from '../verdict.ts';

export type ProxyAnswer =
  | { readonly kind: 'forward'; readonly verdict: Extract<Verdict, { kind: 'allow' }> }
  | {
      readonly kind: 'refuse';
      readonly reason: Reason;
      readonly detail?: string | undefined;
      readonly cause?: Error | undefined;
    };

/** What the proxy door does with a verdict: the one place where that is said. */
export const proxyAnswer = (verdict: Verdict): ProxyAnswer => {
  switch (verdict.kind) {
    case 'allow':
      return { kind: 'forward', verdict };
    case 'bad-request':
      return { kind: 'refuse', reason: verdict.reason, detail: verdict.detail };
    case 'unavailable':
      return { kind: 'refuse', reason: verdict.reason, cause: verdict.cause };
    case 'sign-in':
    case 'deny':
    case 'no-route':
      return { kind: 'refuse', reason: verdict.reason };
  }
};

/** The status that goes with it; 200 stands for whatever the application answers. */
export const proxyStatus = (verdict: Verdict): number => {
  const answer = proxyAnswer(verdict);
  switch (answer.kind) {
    case 'forward':
      return 200;
    case 'refuse':
      return reasons[answer.reason].status;
  }
};
