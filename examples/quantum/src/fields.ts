import type { Fields } from './body.ts';

/** What a value of one field must be: null when it fits, else the sentence that says so. */
type Rule = (value: unknown) => string | null;

export type Checked<T> =
  | { readonly kind: 'valid'; readonly value: T }
  | { readonly kind: 'invalid'; readonly message: string };

export const text = (charactersMin: number, charactersMax: number): Rule => {
  const sentence = `must be a text of ${charactersMin} to ${charactersMax} characters`;
  return (value) =>
    typeof value === 'string' && value.trim().length >= charactersMin && value.length <= charactersMax
      ? null
      : sentence;
};

export const integer = (min: number, max: number): Rule => {
  const sentence = `must be a whole number from ${min} to ${max}`;
  return (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max ? null : sentence;
};

/**
 * Keeps the fields that `rules` name. Fields that only the server sets may stand in the body when they repeat what is
 * `stored`, so that a client can send back what it has read; any other field is refused.
 */
export const check = <T>(
  fields: Fields,
  rules: Readonly<Record<string, Rule>>,
  stored: Fields = {},
): Checked<Partial<T>> => {
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    const fault = rule ? rule(value) : unsettable(name, value, stored);
    if (fault !== null) return { kind: 'invalid', message: `${JSON.stringify(name)} ${fault}.` };
    if (rule) kept[name] = value;
  }
  return { kind: 'valid', value: kept as Partial<T> };
};

const unsettable = (name: string, value: unknown, stored: Fields): string | null => {
  if (Object.hasOwn(stored, name)) return stored[name] === value ? null : 'is set by the server';
  return 'cannot be set';
};
