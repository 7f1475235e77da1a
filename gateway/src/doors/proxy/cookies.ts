/** Cookies that are the gateway's: with the prefix, and without it on plain HTTP loopback. */
const ours: ReadonlySet<string> = new Set(['__Host-gatehouse', '__Host-gatehouse-app', 'gatehouse', 'gatehouse-app']);

/** `rest` is what the application may see, byte for byte; empty when nothing is left. */
export type CookiesRead = { readonly rest: string; readonly oursCount: number };

/** Splits a Cookie header (RFC 6265, 4.2.1) into the gateway's cookies and the application's. */
export const withoutOurCookies = (value: string): CookiesRead => {
  if (!value.includes('gatehouse')) return { rest: value, oursCount: 0 };
  const pairs = value.split(';');
  const theirs = pairs.filter((pair) => !isOurs(pair));
  const oursCount = pairs.length - theirs.length;
  return { rest: oursCount === 0 ? value : theirs.join(';').trimStart(), oursCount };
};

/** Whether a Set-Cookie of an application would set one of the gateway's cookies. */
export const setsOurCookie = (value: string): boolean => value.includes('gatehouse') && isOurs(value);

/** A cookie without a name is its value: browsers set `=name=value` and send `name=value` back (RFC 6265bis, 5.8.3). */
const isOurs = (pair: string): boolean => {
  const named = pair.replace(/^[\s=]+/, '');
  const end = named.search(/[=;]/);
  return ours.has((end === -1 ? named : named.slice(0, end)).trim());
};
