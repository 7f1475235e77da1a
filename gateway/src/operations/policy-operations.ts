import type { LivePolicies } from '../policies/live-policies.ts';
import type { PolicyOperations } from './operations.ts';

type Parts = { readonly policies: LivePolicies };

/** Answers what operators ask about the route policies, from the set in force. */
export const policyOperations = ({ policies }: Parts): PolicyOperations => ({
  reloadRoutes: async () => ({ kind: 'answer', reloaded: await policies.reload('command') }),
});
