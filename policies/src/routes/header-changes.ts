import { canonicalHeaderName, isManagedHeader, readAnswerHeaders } from './managed-headers.ts';
import { refuseValue } from './rule-draft.ts';
import type { Refusal, RuleDraft } from './rule-draft.ts';
import type { RuleEntry } from './rule-schema.ts';
import type { RuleOptions } from './rule.ts';

type Written = Pick<Refusal, 'at' | 'names'> & { readonly name: string };

const namePattern = /^[A-Za-z0-9][A-Za-z0-9-]{0,99}$/;

/** `headers: { set: { X-Stage: test }, remove: [X-Debug] }`, on the way to the application. */
export const readHeaders = (
  draft: RuleDraft,
  { set = {}, remove = [] }: NonNullable<RuleEntry['headers']>,
  readsAnswer: boolean,
): RuleOptions | undefined => {
  const written: readonly Written[] = [
    ...Object.keys(set).map((name) => ({ name, at: ['set', name], names: 'the key' as const })),
    ...remove.map((name, index) => ({ name, at: ['remove', index] })),
  ];
  if (written.length === 0)
    return refuseValue(draft, 'headers', { message: 'at least one header under `set` or `remove` expected here' });
  const seen = new Set<string>();
  const faults = written.flatMap(({ name, ...place }): readonly Refusal[] => {
    const fault = nameFault(name, seen, readsAnswer);
    seen.add(name.toLowerCase());
    return fault === undefined ? [] : [{ ...fault, ...place }];
  });
  for (const fault of faults) refuseValue(draft, 'headers', fault);
  if (faults.length > 0) return undefined;
  const lower = (name: string): string => name.toLowerCase();
  return {
    headers: { set: Object.entries(set).map(([name, value]) => [lower(name), value]), remove: remove.map(lower) },
  };
};

const nameFault = (name: string, seen: ReadonlySet<string>, readsAnswer: boolean): Refusal | undefined => {
  if (isManagedHeader(name)) return { message: `"${name}" is managed by the gateway` };
  if (!namePattern.test(name)) {
    const meant = canonicalHeaderName(name);
    return {
      message: `"${name}" is not the name of a header; it has letters, digits and "-"`,
      suggestion: namePattern.test(meant) ? meant : undefined,
    };
  }
  if (seen.has(name.toLowerCase())) return { message: `the header "${name}" stands twice` };
  if (readsAnswer && readAnswerHeaders.has(name.toLowerCase()))
    return { message: `"${name}" is chosen by the gateway where it reads the answer of the application` };
  return undefined;
};
