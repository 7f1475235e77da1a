import { obeys } from './alphabet.ts';
import { encodedSlash } from './path.ts';
import { permissionsIn, templatesOf } from './rule.ts';
import type { Alphabet, FieldPart, ObjectTemplate, Rule } from './rule.ts';

/** The segments that an application sees which decodes the slashes before it splits the path. */
export const decodedSegments = (segments: readonly string[]): readonly string[] =>
  segments.flatMap((segment) => segment.split(encodedSlash));

/**
 * True for a value with encoded slashes that a parameter may have: what stands between them obeys its alphabet, and nothing
 * is decided by it. A parameter that makes an object's id never has one: with `a/b` for `{x}`, the ids made of `{x}` and of
 * `{x}/{y}` would run into each other, and one object's answer would be another's.
 */
export const mayHoldSlash = (rule: Rule, name: string, alphabet: Alphabet, value: string): boolean =>
  value.includes(encodedSlash) &&
  value.split(encodedSlash).every((piece) => obeys(alphabet, piece)) &&
  !decides(rule, name);

/** True when the parameter stands in something that is asked, registered or removed, or names the acting account. */
const decides = ({ allow, candidate, forgets, registers, filter }: Rule, name: string): boolean => {
  if (name === 'account') return true;
  const permissions = [allow, ...(candidate === undefined ? [] : [candidate])].flatMap(permissionsIn);
  const templates = [...permissions.flatMap(templatesOf), ...(forgets === undefined ? [] : [forgets])];
  const parts: readonly (ObjectTemplate['parts'][number] | FieldPart)[] = [
    ...templates.flatMap((template) => template.parts),
    ...(registers?.id ?? []),
    ...(filter?.id ?? []),
  ];
  return parts.some((part) => part.kind === 'param' && part.name === name);
};
