import { isIPv4, isIPv6 } from 'node:net';

/** `host` is lower-case, without port and trailing dot; `port` is absent when it was not given. IPv6 keeps its brackets. */
export type HostRead =
  | { readonly kind: 'host'; readonly host: string; readonly port?: number }
  | { readonly kind: 'refused'; readonly detail: string };

/** Length limits of RFC 1035, 2.3.4; the underscore is accepted because names inside clusters carry it. */
const labelPattern = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;
const hostBytesMax = 253;

/** A gateway sees few hosts and sees them often. Emptied when full, so that invented names cost no more than reading them. */
const remembered = new Map<string, HostRead>();
const rememberedMax = 256;

/** Reads one Host value (RFC 9110, 7.2; RFC 3986, 3.2.2): a name, an IPv4 address or `[IPv6]`, with an optional port from 1 to 65535. */
export const readHost = (raw: string): HostRead => {
  const known = remembered.get(raw);
  if (known !== undefined) return known;
  const read = readAuthority(raw);
  if (read.kind === 'refused') return read;
  if (remembered.size === rememberedMax) remembered.clear();
  remembered.set(raw, read);
  return read;
};

const readAuthority = (raw: string): HostRead => {
  const colon = raw.charCodeAt(0) === 0x5b ? raw.indexOf(':', raw.indexOf(']') + 1) : raw.indexOf(':');
  const host = readName(colon === -1 ? raw : raw.slice(0, colon));
  if (host === undefined)
    return { kind: 'refused', detail: 'the host is not a name, an IPv4 address or a bracketed IPv6 address' };
  if (colon === -1) return { kind: 'host', host };
  const digits = raw.slice(colon + 1);
  const port = /^[1-9][0-9]{0,4}$/.test(digits) ? Number(digits) : 0;
  if (port < 1 || port > 65_535) return { kind: 'refused', detail: 'the port is not a number from 1 to 65535' };
  return { kind: 'host', host, port };
};

/** The canonical spelling of a host without port, or undefined when it is not one. */
export const readName = (raw: string): string | undefined => {
  if (raw.charCodeAt(0) === 0x5b) return readAddress(raw);
  if (!/^[A-Za-z0-9._-]+$/.test(raw)) return undefined;
  const lower = raw.toLowerCase();
  const name = lower.endsWith('.') ? lower.slice(0, -1) : lower;
  if (name.length > hostBytesMax) return undefined;
  const labels = name.split('.');
  // WHATWG URL reads a name whose last label is a number as an IPv4 address, in more than one spelling.
  if (/^(?:[0-9]+|0x[0-9a-f]*)$/.test(labels[labels.length - 1] ?? '')) return isIPv4(lower) ? lower : undefined;
  return labels.every((label) => labelPattern.test(label)) ? name : undefined;
};

const readAddress = (raw: string): string | undefined => {
  const inner = raw.slice(1, -1);
  if (!raw.endsWith(']') || inner.includes('%') || !isIPv6(inner)) return undefined;
  return new URL(`http://[${inner}]`).hostname;
};
