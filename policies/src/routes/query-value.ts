import { obeys } from './alphabet.ts';

/** The one value of a deciding query parameter, or why there is none. */
export type QueryValue =
  | { readonly kind: 'value'; readonly value: string }
  | { readonly kind: 'ambiguous'; readonly detail: string };

/**
 * Reads the parameter `name` of a raw query (`?a=b&c=d`). It must be the only one that any parser could take for it:
 * spelled exactly so, once, and no second one in another case, with escapes, brackets or other marks, or behind a `;`.
 * The value obeys the token alphabet, so that it means the same to all of them.
 */
export const queryValue = (query: string, name: string): QueryValue => {
  if (query.includes(';')) return ambiguous('a ";" stands in the query, which some parsers take for "&"');
  const pairs = query.slice(1).split('&').map(readPair);
  const names = pairs.map(({ spelled }) => decode(spelled));
  if (names.includes(undefined)) return ambiguous('a name in the query is not valid percent-encoding');
  if (names.some((one = '') => unreadablePattern.test(one)))
    return ambiguous('a name in the query holds a control character or an escape in an escape');
  const [found, ...others] = pairs.filter((_, index) => isAlias(names[index] ?? '', name));
  if (found === undefined) return ambiguous(`the query parameter "${name}" is missing`);
  if (others.length > 0) return ambiguous(`the query parameter "${name}" is given more than once`);
  if (found.spelled !== name) return ambiguous(`the query parameter "${name}" is spelled in another way`);
  const value = decode(found.raw);
  if (value === undefined || !obeys('token', value)) return ambiguous(`the query parameter "${name}" is not a token`);
  return { kind: 'value', value };
};

/** Parsers end a name at a NUL or drop it, and some decode twice. */
const unreadablePattern = /[\p{Cc}%]/u;

/** Both as they stand in the query. */
type Pair = { readonly spelled: string; readonly raw: string };

const readPair = (pair: string): Pair => {
  const equals = pair.indexOf('=');
  return equals === -1 ? { spelled: pair, raw: '' } : { spelled: pair.slice(0, equals), raw: pair.slice(equals + 1) };
};

const decode = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
};

/**
 * Parsers differ in the marks that they drop, replace or end a name at, and in whether case counts: `x[0]`, `[x]`, `x.y`,
 * `x ` and `X` are all `x` to one of them. So only letters and digits count, of the whole name and of each of its words.
 */
const isAlias = (spelled: string, name: string): boolean => {
  const wanted = lettersOf(name);
  return [spelled, ...spelled.split(/[^\p{L}\p{M}\p{N}_-]/u)].some((text) => lettersOf(text) === wanted);
};

/** Letters that fold to ASCII ones count as these (`ı`, `ſ`, full width); all others are dropped like marks. */
const lettersOf = (text: string): string =>
  text
    .normalize('NFKD')
    .toUpperCase()
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '');

const ambiguous = (detail: string): QueryValue => ({ kind: 'ambiguous', detail });
