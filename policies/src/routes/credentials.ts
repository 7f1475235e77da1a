import { nearest } from '../model/suggest.ts';
import { refuseValue } from './rule-draft.ts';
import type { Refusal, RuleDraft } from './rule-draft.ts';
import type { CredentialKind, RuleOptions } from './rule.ts';

const issuerPattern = /^jwt:[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/** True for `session`, `token` and `jwt:NAME`. */
export const isCredentialKind = (text: string): text is CredentialKind =>
  text === 'session' || text === 'token' || issuerPattern.test(text);

/** `credentials: [session, token, jwt:NAME]`: the only ones that the rule accepts. */
export const readCredentials = (draft: RuleDraft, written: readonly string[]): RuleOptions | undefined => {
  const faults = written.flatMap((text, index) => {
    const fault = written.indexOf(text) < index ? { message: `"${text}" stands twice` } : faultOf(draft, text);
    return fault === undefined ? [] : [{ ...fault, at: [index] }];
  });
  for (const fault of faults) refuseValue(draft, 'credentials', fault);
  return faults.length > 0 ? undefined : { credentials: written.filter(isCredentialKind) };
};

const faultOf = ({ place: { compiling } }: RuleDraft, text: string): Refusal | undefined => {
  const { jwtIssuers } = compiling;
  if (!isCredentialKind(text))
    return {
      message: `"${text}" is not a kind of credential; write session, token or jwt:NAME`,
      suggestion: nearest(text, ['session', 'token', ...(jwtIssuers ?? []).map((name) => `jwt:${name}`)]),
    };
  const name = text.startsWith('jwt:') ? text.slice('jwt:'.length) : undefined;
  if (name === undefined || jwtIssuers === undefined || jwtIssuers.includes(name)) return undefined;
  return { message: `there is no issuer "${name}"`, suggestion: nearest(name, jwtIssuers) };
};
