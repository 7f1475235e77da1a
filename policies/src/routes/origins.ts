import { refuseValue } from './rule-draft.ts';
import type { Refusal, RuleDraft } from './rule-draft.ts';
import type { RuleOptions } from './rule.ts';

/** `cors: [https://app.example]`: origins exactly as browsers send them. */
export const readCors = (draft: RuleDraft, origins: readonly string[]): RuleOptions | undefined => {
  const faults = origins.flatMap((origin, index) => {
    const fault = origins.indexOf(origin) < index ? { message: `"${origin}" stands twice` } : originFault(origin);
    return fault === undefined ? [] : [{ ...fault, at: [index] }];
  });
  for (const fault of faults) refuseValue(draft, 'cors', fault);
  return faults.length > 0 ? undefined : { cors: origins };
};

const originFault = (text: string): Refusal | undefined => {
  if (text === '*')
    return {
      message: '"*" is not supported: answers are made for one caller, so the origins that may read them are named',
    };
  const origin = /^https?:\/\//i.test(text) && URL.canParse(text) ? new URL(text).origin : undefined;
  if (origin === undefined || origin.includes('*'))
    return { message: `"${text}" is not an origin: http:// or https://, a host and perhaps a port` };
  if (origin === text) return undefined;
  return { message: `"${text}" is not an origin as browsers send it`, suggestion: origin };
};
