import type { Rule } from '@gatehouse/policies/routes/rule';
import type { Target } from '@gatehouse/policies/routes/target';

/** What a browser's script may learn of an answer: `allowed` is the origin of a script that may read it. */
export type Cors = { readonly allowed: string | undefined };

export type Preflight = { readonly rule: Rule; readonly headers: readonly string[] };

type RawHeaders = readonly string[];

const maxAgeSeconds = 600;
const namesPattern = /^[a-z0-9!#$%&'*+.^_`|~-]+(?:, ?[a-z0-9!#$%&'*+.^_`|~-]+)*$/i;
const namesLengthMax = 1_024;

/**
 * The answer to a browser that asks whether a script of another origin may send a request (Fetch standard, 4.8); undefined
 * when this is no such question, or when no rule lets that origin in. Nothing is decided by it but what browsers hold
 * back: the request itself is decided when it comes. Cookies are never invited along.
 */
export const preflight = (
  rawHeaders: RawHeaders,
  target: Target,
  ruleFor: (target: Target, method: string) => Rule | undefined,
): Preflight | undefined => {
  if (target.method !== 'OPTIONS') return undefined;
  const origin = only(rawHeaders, 'origin');
  const method = only(rawHeaders, 'access-control-request-method');
  if (origin === undefined || method === undefined || !/^[A-Z]{1,32}$/.test(method)) return undefined;
  const rule = ruleFor(target, method);
  if (rule?.cors?.includes(origin) !== true) return undefined;
  const allowed = ['Access-Control-Allow-Origin', origin, 'Access-Control-Allow-Methods', method];
  return { rule, headers: [...allowed, ...allowedNames(rawHeaders), ...always] };
};

const always = [
  'Access-Control-Max-Age',
  String(maxAgeSeconds),
  'Vary',
  'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
];

/** Whatever the script wants to send: what decides is judged when it comes. */
const allowedNames = (rawHeaders: RawHeaders): readonly string[] => {
  const names = only(rawHeaders, 'access-control-request-headers') ?? '';
  return names.length <= namesLengthMax && namesPattern.test(names) ? ['Access-Control-Allow-Headers', names] : [];
};

/** Undefined where the rule leaves this to the application. */
export const corsOf = (rule: Rule | undefined, rawHeaders: RawHeaders): Cors | undefined => {
  if (rule?.cors === undefined) return undefined;
  const origin = only(rawHeaders, 'origin');
  return { allowed: origin !== undefined && rule.cors.includes(origin) ? origin : undefined };
};

/** The headers of an answer whose rule names origins. */
export const corsHeaders = ({ allowed }: Cors): readonly string[] =>
  allowed === undefined ? ['Vary', 'Origin'] : ['Access-Control-Allow-Origin', allowed, 'Vary', 'Origin'];

/** What the application says about other origins does not count where the rule names them. */
export const isOverruled = (name: string): boolean =>
  name.length > 15 && /^access-control-(?!expose-headers$)/i.test(name);

/** The value of a header that was sent exactly once. */
const only = (rawHeaders: RawHeaders, name: string): string | undefined => {
  let value: string | undefined;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    if (rawHeaders[at]?.toLowerCase() !== name) continue;
    if (value !== undefined) return undefined;
    value = rawHeaders[at + 1];
  }
  return value;
};
