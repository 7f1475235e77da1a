import type { Account, Principal } from '@gatehouse/policies/principal';

/** What the gateway says of a request that it lets through. */
export type ManagedValues = {
  readonly principal: Principal | undefined;
  readonly account: Account | undefined;
  readonly requestId: string;
  /** As the client addressed the gateway. */
  readonly authority: string;
  readonly scheme: 'http' | 'https';
  readonly clientAddress: string | undefined;
  /** Scheme, host and port of the application. */
  readonly origin: string;
};

/** Adds the managed headers to a list from which the client's were removed. An anonymous caller has no identity headers. */
export const addManagedHeaders = (outgoing: string[], said: ManagedValues): void => {
  const { principal, account, clientAddress } = said;
  // Lower case, because undici looks each name up in a table of lower-case names and converts what it does not find.
  outgoing.push('host', said.origin.slice(said.origin.indexOf('://') + 3), 'x-request-id', said.requestId);
  outgoing.push('x-forwarded-proto', said.scheme, 'x-forwarded-host', said.authority);
  if (clientAddress !== undefined) outgoing.push('x-forwarded-for', plainAddress(clientAddress));
  if (principal === undefined) return;
  outgoing.push('gatehouse-user', headerValue(principal.subject.slice(principal.subject.indexOf(':') + 1)));
  if (account !== undefined) {
    outgoing.push('gatehouse-account', headerValue(account.slug), 'gatehouse-account-id', headerValue(account.id));
  }
  if (principal.tokenId !== undefined) outgoing.push('gatehouse-token-id', headerValue(principal.tokenId));
};

/** Printable ASCII as it is, everything else percent-encoded as UTF-8; `%` too, so that decoding gives the value back. */
export const headerValue = (text: string): string => {
  let at = 0;
  while (at < text.length && isPlain(text.charCodeAt(at))) at += 1;
  if (at === text.length) return text;
  let value = '';
  for (const byte of Buffer.from(text, 'utf8')) {
    value += isPlain(byte) ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return value;
};

const isPlain = (code: number): boolean => code > 0x20 && code < 0x7f && code !== 0x25;

/** An IPv4 client of a dual-stack listener appears as `::ffff:192.0.2.1`. */
const plainAddress = (address: string): string =>
  address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
