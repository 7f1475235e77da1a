import type { Alphabet } from './rule.ts';

/** What a parameter's value may look like; `token` is what a parameter has that declares nothing. */
const patterns: Readonly<Record<Alphabet, RegExp>> = {
  slug: /^[a-z0-9][a-z0-9-]{0,62}$/,
  int: /^(?:0|[1-9][0-9]{0,18})$/,
  uuid: /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/,
  ulid: /^[0-7][0-9a-hjkmnp-tv-z]{25}$/,
  token: /^[A-Za-z0-9._-]{1,128}$/,
};

export const alphabets: readonly Alphabet[] = ['slug', 'int', 'uuid', 'ulid', 'token'];

/**
 * One value has one spelling: no leading zeros, and UUID and ULID in lower case, because an upstream that compares
 * without case would see one object where tuples know two.
 */
export const obeys = (alphabet: Alphabet, value: string): boolean => patterns[alphabet].test(value);
