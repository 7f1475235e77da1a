import { readHost } from './host.ts';
import { methods } from './methods.ts';
import { readPath } from './path.ts';
import type { HostRead } from './host.ts';
import type { Reason } from '../reasons.ts';

/** What a request asks for, read once from its bytes. The path matched is the path forwarded: `path + query`. */
export type Target = {
  /** Lower-case, without port; what host patterns are matched against. */
  readonly host: string;
  /** `host`, with the port unless it is the scheme's default. */
  readonly authority: string;
  readonly method: string;
  /** Canonical path, ready for the wire. */
  readonly path: string;
  /** Decoded segments of `path`; a trailing slash is a last segment ''. An encoded slash stays `%2F`. */
  readonly segments: readonly string[];
  /** True = only a rule that allows encoded slashes may answer; the route table sees to it. */
  readonly hasEncodedSlash: boolean;
  /** Verbatim with its leading `?`; '' when there is none. */
  readonly query: string;
};

export type TargetRead =
  | { readonly kind: 'target'; readonly target: Target }
  | { readonly kind: 'refused'; readonly reason: Reason; readonly detail: string };

export type RawTarget = {
  readonly method: string;
  /** The request target as it stood in the request line. */
  readonly rawTarget: string;
  /** The one Host header; repeats are the header pass's to refuse. */
  readonly host: string | undefined;
  /** Of the listener, for the default port and for absolute-form; `http` when absent. */
  readonly scheme?: 'http' | 'https';
};

type Refused = Extract<TargetRead, { kind: 'refused' }>;
type Host = Extract<HostRead, { kind: 'host' }>;

const pathBytesMax = 8192;
const methodsKnown: ReadonlySet<string> = new Set(methods);
const methodsRefused: ReadonlySet<string> = new Set(['CONNECT', 'TRACE']);
/** A token (RFC 9110, 5.6.2) without lower-case letters: `get` is not a spelling of `GET`. */
const methodPattern = /^[A-Z0-9!#$%&'*+.^_`|~-]+$/;

/**
 * Reduces a request to what is matched and forwarded, or refuses it. Pure: the same bytes always give the same answer.
 * Origin-form, and absolute-form that agrees with Host (RFC 9112, 3.2.1 and 3.2.2); the other two forms are refused.
 */
export const readTarget = (raw: RawTarget): TargetRead => {
  const { method } = raw;
  if (!methodsKnown.has(method)) {
    if (methodsRefused.has(method)) return refused('method_not_allowed', `${method} is never proxied`);
    if (!methodPattern.test(method)) return refused('bad_request', 'the method is not an upper-case token');
  }
  if (raw.host === undefined || raw.host === '')
    return refused('ambiguous_host', 'the Host header is missing or empty');
  const host = readHost(raw.host);
  if (host.kind === 'refused') return refused('ambiguous_host', host.detail);
  const scheme = raw.scheme ?? 'http';
  if (raw.rawTarget.charCodeAt(0) === 0x2f) return readOrigin(method, raw.rawTarget, host, scheme);
  return readAbsolute(method, raw.rawTarget, host, scheme);
};

const readOrigin = (method: string, origin: string, host: Host, scheme: 'http' | 'https'): TargetRead => {
  const mark = origin.indexOf('?');
  const rawPath = mark === -1 ? origin : origin.slice(0, mark);
  if (rawPath.length > pathBytesMax) return refused('path_too_long', `the path has ${rawPath.length} bytes`);
  const read = readPath(rawPath, 'kept');
  if (read.kind === 'refused') return refused('ambiguous_path', read.detail);
  const query = mark === -1 ? '' : origin.slice(mark);
  if (!isQuery(query)) return refused('ambiguous_path', 'a byte that may not stand in a query');
  const { path, segments, hasEncodedSlash } = read;
  return {
    kind: 'target',
    target: { host: host.host, authority: authorityOf(host, scheme), method, path, segments, hasEncodedSlash, query },
  };
};

const readAbsolute = (method: string, raw: string, host: Host, scheme: 'http' | 'https'): TargetRead => {
  const parts = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/([^/?#]*)(.*)$/s.exec(raw);
  if (parts === null) return refused('bad_request', 'the request target is neither a path nor an absolute URL');
  const [, rawScheme = '', rawAuthority = '', rest = ''] = parts;
  if (rawScheme.toLowerCase() !== scheme)
    return refused('ambiguous_host', 'the scheme of the request target is not the one of the listener');
  const named = readHost(rawAuthority);
  if (named.kind === 'refused') return refused('ambiguous_host', `in the request target ${named.detail}`);
  if (authorityOf(named, scheme) !== authorityOf(host, scheme))
    return refused('ambiguous_host', 'the request target and the Host header differ');
  return readOrigin(method, rest.startsWith('/') ? rest : `/${rest}`, host, scheme);
};

const authorityOf = ({ host, port }: Host, scheme: 'http' | 'https'): string =>
  port === undefined || port === (scheme === 'http' ? 80 : 443) ? host : `${host}:${port}`;

const isQuery = (query: string): boolean => {
  for (let at = 0; at < query.length; at++) {
    const code = query.charCodeAt(at);
    if (code < 0x21 || code > 0x7e || code === 0x23) return false;
  }
  return true;
};

const refused = (reason: Reason, detail: string): Refused => ({ kind: 'refused', reason, detail });
