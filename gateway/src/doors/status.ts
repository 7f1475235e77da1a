import { reasons } from '@gatehouse/policies/reasons';
import type { Verdict } from '../verdict.ts';

/** What the proxy door answers for a verdict. For an allow it is the upstream's to say; 200 stands for that. */
export const proxyStatus = (verdict: Verdict): number => {
  switch (verdict.kind) {
    case 'allow':
      return 200;
    case 'sign-in':
    case 'deny':
    case 'no-route':
    case 'bad-request':
    case 'unavailable':
      return reasons[verdict.reason].status;
  }
};
