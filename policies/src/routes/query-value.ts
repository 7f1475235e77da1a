import { obeys } from './alphabet.ts';

/** The one value of a deciding query parameter, or why there is none. */
export type QueryValue =
  | { readonly kind: 'value'; readonly value: string }
  | { readonly kind: 'ambiguous'; readonly detail: string };

/**
 * Reads the parameter `name` of a raw query (`?a=b&c=d`). It must be the only one that any parser could take for it:
 * spelled exactly so, once, and no second one in another case, as `name[]`, with escapes or behind a `;`.
 * The value obeys the token alphabet, so that it means the same to all of them.
 */
export const queryValue = (query: string, name: string): QueryValue => {
  if (query.includes(';')) return ambiguous('a ";" stands in the query, which some parsers take for "&"');
  const pairs = query.slice(1).split('&').map(readPair);
  if (pairs.some(({ spelled }) => spelled === undefined)) {
    return ambiguous('a name in the query is not valid percent-encoding');
  }
  const alias = aliasOf(name);
  const [found, ...others] = pairs.filter(({ spelled }) => spelled !== undefined && aliasOf(spelled) === alias);
  if (found === undefined) return ambiguous(`the query parameter "${name}" is missing`);
  if (others.length > 0) return ambiguous(`the query parameter "${name}" is given more than once`);
  if (found.spelled !== name) return ambiguous(`the query parameter "${name}" is spelled in another way`);
  const value = decode(found.raw);
  if (value === undefined || !obeys('token', value)) return ambiguous(`the query parameter "${name}" is not a token`);
  return { kind: 'value', value };
};

type Pair = { readonly spelled: string | undefined; readonly raw: string };

const readPair = (pair: string): Pair => {
  const equals = pair.indexOf('=');
  return equals === -1
    ? { spelled: decode(pair), raw: '' }
    : { spelled: decode(pair.slice(0, equals)), raw: pair.slice(equals + 1) };
};

const decode = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
};

/** Frameworks read `x[]` and `x[0]` as `x`; some ignore case and surrounding blanks, and some turn `.` and blank into `_`. */
const aliasOf = (name: string): string => {
  const bracket = name.indexOf('[');
  const plain = bracket === -1 ? name : name.slice(0, bracket);
  return plain.trim().toLowerCase().replaceAll(/[. ]/g, '_');
};

const ambiguous = (detail: string): QueryValue => ({ kind: 'ambiguous', detail });
