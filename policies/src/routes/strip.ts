import { parsePathPattern } from './path-pattern.ts';
import { refuseValue } from './rule-draft.ts';
import type { Refusal, RuleDraft } from './rule-draft.ts';
import type { RuleOptions, Segment } from './rule.ts';

/** `strip: /api/v1`: how many leading segments the application does not see. Something of the path has to be left. */
export const readStrip = (draft: RuleDraft, text: string): RuleOptions | undefined => {
  const stripped = stripOf(draft, text);
  return 'message' in stripped ? refuseValue(draft, 'strip', stripped) : { stripSegments: stripped.segments.length };
};

const stripOf = (draft: RuleDraft, text: string): { readonly segments: readonly Segment[] } | Refusal => {
  const { segments: path, place } = draft;
  if (text.endsWith('/')) {
    const meant = text.replace(/\/+$/, '');
    return { message: 'the prefix ends with a slash; whole segments are taken away', suggestion: meant || undefined };
  }
  const parsed = parsePathPattern(text, place.compiling.alphabetOf);
  if (parsed.kind === 'fault') return parsed;
  const { segments } = parsed;
  if (!segments.every((segment, index) => isSameLiteral(segment, path[index])))
    return { message: `"${text}" is not made of the first literal segments of this rule's path` };
  if (segments.length === path.length) return { message: `nothing of the path is left without "${text}"` };
  return { segments };
};

const isSameLiteral = (segment: Segment, other: Segment | undefined): boolean =>
  segment.kind === 'literal' && other?.kind === 'literal' && segment.text === other.text;
