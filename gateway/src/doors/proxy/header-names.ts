import { canonicalHeaderName } from '@gatehouse/policies/routes/managed-headers';
import { presetNames, presetPrefix } from './identity-headers.ts';

/**
 * What the header pass does with a name.
 * `pass`: the application's. `drop`: hop-by-hop, managed by the gateway, or not spelled with letters, digits and hyphens.
 * `ambiguous`: another spelling of a name that decides. The others are read by the pass.
 */
export type HeaderKind =
  | 'pass'
  | 'drop'
  | 'ambiguous'
  | 'account'
  | 'authorization'
  | 'connection'
  | 'content-length'
  | 'cookie'
  | 'expect'
  | 'host'
  | 'transfer-encoding';

/** RFC 9110, 7.6.1, with the names that older proxies still send; `HTTP2-Settings` is of RFC 7540, 3.2.1. */
const hopByHop = [
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'upgrade',
  'http2-settings',
];

const overrides = ['x-http-method-override', 'x-http-method', 'x-method-override'];
const dropped: ReadonlySet<string> = new Set([
  ...hopByHop,
  ...overrides,
  ...presetNames,
  'forwarded',
  'gatehouse',
  'x-real-ip',
  'x-request-id',
]);
const droppedPrefixes = ['gatehouse-', 'x-forwarded', 'x-original-', 'x-rewrite-', presetPrefix];

const deciding: ReadonlyMap<string, HeaderKind> = new Map([
  ['gatehouse-account', 'account'],
  ['authorization', 'authorization'],
  ['connection', 'connection'],
  ['content-length', 'content-length'],
  ['cookie', 'cookie'],
  ['expect', 'expect'],
  ['host', 'host'],
  ['transfer-encoding', 'transfer-encoding'],
]);

/** Clients use few spellings; an attacker's inventions must not fill the memory. */
const REMEMBERED_MAX = 1024;
const remembered = new Map<string, HeaderKind>();

export const headerKind = (name: string): HeaderKind => {
  const known = remembered.get(name);
  if (known !== undefined) return known;
  const kind = classify(name);
  if (remembered.size < REMEMBERED_MAX && name.length <= 64) remembered.set(name, kind);
  return kind;
};

const classify = (name: string): HeaderKind => {
  const canonical = canonicalHeaderName(name);
  const isPlain = canonical === name.toLowerCase();
  const decides = deciding.get(canonical);
  if (decides !== undefined) return isPlain ? decides : 'ambiguous';
  if (!isPlain || dropped.has(canonical) || droppedPrefixes.some((prefix) => canonical.startsWith(prefix)))
    return 'drop';
  return 'pass';
};
