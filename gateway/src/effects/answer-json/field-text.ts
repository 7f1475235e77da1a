import { isIdText } from '@gatehouse/policies/routes/template';
import { obeys } from '@gatehouse/policies/routes/alphabet';
import type { Alphabet, FieldPart } from '@gatehouse/policies/routes/rule';
import type { Params } from '@gatehouse/policies/routes/table';
import { placeAt } from './place.ts';
import type { Place } from './place.ts';

/** `refused` says why there is no text, for whoever runs the application; it quotes the rule, never the answer. */
export type Made = { readonly kind: 'text'; readonly text: string } | Refused;
export type Refused = { readonly kind: 'refused'; readonly detail: string };

/** Parts of a rule joined to one request and to the places where an answer's fields will stand. */
export type BoundPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'field'; readonly name: string; readonly alphabet: Alphabet; readonly place: Place };

/**
 * Marks the fields below `root` as asked about. Values of path parameters were held against their alphabets when the
 * route was matched. Refused when a parameter has no value, which only a rule joined to another route's values can bring about.
 */
export const bindParts = (
  root: Place,
  parts: readonly FieldPart[],
  params: Params,
): { readonly kind: 'bound'; readonly parts: readonly BoundPart[] } | Refused => {
  const bound: BoundPart[] = [];
  for (const part of parts) {
    switch (part.kind) {
      case 'text':
        bound.push(part);
        break;
      case 'param':
        if (!Object.hasOwn(params, part.name)) return refused(`the parameter "${part.name}" has no value`);
        bound.push({ kind: 'text', text: params[part.name] as string });
        break;
      case 'field': {
        const { names, alphabet } = part;
        bound.push({ kind: 'field', name: names.join('.'), alphabet, place: placeAt(root, names) });
        break;
      }
    }
  }
  return { kind: 'bound', parts: bound };
};

/** An id of at most `lengthMax` characters. Every field must be there, and be text or an integer that obeys its alphabet. */
export const idText = (bytes: Buffer, parts: readonly BoundPart[], lengthMax: number): Made => {
  let id = '';
  for (const part of parts) {
    if (part.kind === 'text') {
      id += part.text;
      continue;
    }
    const made = fieldText(bytes, part);
    if (made.kind === 'refused') return made;
    id += made.text;
  }
  if (id.length > lengthMax) return refused(`the id is longer than ${lengthMax} characters`);
  return isIdText(id) ? { kind: 'text', text: id } : refused('the id holds a character that no id may hold');
};

const fieldText = (bytes: Buffer, { name, alphabet, place }: BoundPart & { kind: 'field' }): Made => {
  if (place.start < 0) return refused(`the field "${name}" is missing`);
  const text = scalarText(bytes, place);
  if (text === undefined) return refused(`the field "${name}" is neither well-formed text nor an integer`);
  return obeys(alphabet, text)
    ? { kind: 'text', text }
    : refused(`the field "${name}" is outside its alphabet (${alphabet})`);
};

const integer = /^(?:0|-?[1-9][0-9]*)$/;

/**
 * What a string says, or an integer as it is written, so that none loses digits: `1.0`, `1e3` and `-0` have a second
 * spelling and are none. Undefined for every other value, and for a string with half a surrogate pair.
 */
export const scalarText = (bytes: Buffer, { start, end }: Place): string | undefined => {
  if (start < 0) return undefined;
  const written = bytes.toString('utf8', start, end);
  if (!written.startsWith('"')) return integer.test(written) ? written : undefined;
  if (!written.includes('\\')) return written.slice(1, -1);
  const text = JSON.parse(written) as string;
  return text.isWellFormed() ? text : undefined;
};

const refused = (detail: string): Refused => ({ kind: 'refused', detail });
