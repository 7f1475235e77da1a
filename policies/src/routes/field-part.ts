import { isParameterName } from './template.ts';
import type { PlaceholderReader } from './template.ts';
import type { Alphabet, FieldPart } from './rule.ts';

export type AlphabetOf = (name: string) => Alphabet;

type Placeholder = Exclude<FieldPart, { readonly kind: 'text' }>;

const namePattern = /^[A-Za-z0-9_$@-]{1,63}$/;
const namesMax = 8;

/** Names of a JSON value from the top down, `owner.id`; undefined when it is no such thing. */
export const readFieldNames = (text: string): readonly string[] | undefined => {
  const names = text.split('.');
  return names.length <= namesMax && names.every((name) => namePattern.test(name)) ? names : undefined;
};

/** Reads `{response.owner.id}` and `{parameter}`. A field has the alphabet of the parameter that bears its last name. */
export const responsePart =
  (alphabetOf: AlphabetOf): PlaceholderReader<Placeholder> =>
  (inner) => {
    if (isParameterName(inner)) return { kind: 'param', name: inner, alphabet: alphabetOf(inner) };
    const names = inner.startsWith('response.') ? readFieldNames(inner.slice('response.'.length)) : undefined;
    return names === undefined
      ? `{${inner}} is not a placeholder; write {response.NAME} or {parameter}`
      : { kind: 'field', names, alphabet: alphabetOf(names.at(-1) ?? '') };
  };

/** Reads `{owner.id}`, a field of one element of a list. */
export const elementPart =
  (alphabetOf: AlphabetOf): PlaceholderReader<Placeholder> =>
  (inner) => {
    const names = readFieldNames(inner);
    return names === undefined
      ? `{${inner}} is not a field of an element; write {NAME} or {NAME.NAME}`
      : { kind: 'field', names, alphabet: alphabetOf(names.at(-1) ?? '') };
  };
