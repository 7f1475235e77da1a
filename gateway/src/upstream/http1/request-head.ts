import { FIELD, TARGET, TOKEN, consistsOf, decimal } from './octets.ts';
import type { UpstreamRequest } from '../upstream.ts';

export type RequestHead = {
  readonly kind: 'head';
  /** Request line and header lines, each with its line end; the framing of a body of unknown length is not among them. */
  readonly text: string;
  /** As the headers announce it; -1 when they do not. */
  readonly contentLength: number;
};

export type Unsendable = { readonly kind: 'unsendable'; readonly cause: Error };

type Draft = { text: string; hasHost: boolean; contentLength: number };

/**
 * Writes the head of a request (RFC 9112, 3 and 5), or finds that it cannot go out as it is: nothing is repaired, left
 * out or sent in part. `authority` is the Host of requests that bring none.
 */
export const requestHead = (request: UpstreamRequest, authority: string): RequestHead | Unsendable => {
  const { method, path } = request;
  if (!isMethod(method)) return unsendable('the method');
  if (path.charCodeAt(0) !== 0x2f || !consistsOf(path, TARGET)) return unsendable('the path');
  const draft: Draft = { text: `${method} ${path} HTTP/1.1\r\n`, hasHost: false, contentLength: -1 };
  const fault = addHeaders(draft, request.headers);
  if (fault !== undefined) return unsendable(`the header ${JSON.stringify(fault.slice(0, 64))}`);
  if (request.body === null && draft.contentLength > 0) return unsendable('the length of a body that is not there');
  if (!draft.hasHost) draft.text += `Host: ${authority}\r\n`;
  if (isLast(request)) draft.text += 'Connection: close\r\n';
  return { kind: 'head', text: draft.text, contentLength: draft.contentLength };
};

/** CONNECT asks for a tunnel, and what comes back is none of an answer's forms. */
const isMethod = (method: string): boolean => method !== '' && method !== 'CONNECT' && consistsOf(method, TOKEN);

/** The first name that cannot go out, if there is one. */
const addHeaders = (draft: Draft, headers: readonly string[]): string | undefined => {
  for (let at = 0; at < headers.length; at += 2) {
    const name = headers[at] ?? '';
    const value = headers[at + 1];
    if (value === undefined || !consistsOf(value, FIELD) || !mayGoOut(draft, name, value)) return name;
    draft.text += `${name}: ${value}\r\n`;
  }
  return undefined;
};

const unsendable = (what: string): Unsendable => ({ kind: 'unsendable', cause: new Error(`${what} cannot be sent`) });

/**
 * The connection serves no other request after this one: an application that answers HEAD with a body, or does not read
 * a body that it does not expect, would take the one for the next answer, or the other for the next request.
 */
export const isLast = ({ method, body }: UpstreamRequest): boolean =>
  method === 'HEAD' || (body !== null && !expectsBody(method));

/** RFC 9110, 8.6: where a body has a meaning, its absence is said. */
export const expectsBody = (method: string): boolean =>
  method === 'POST' || method === 'PUT' || method === 'PATCH' || method === 'PROPFIND' || method === 'PROPPATCH';

type Kind = 'plain' | 'host' | 'content-length' | 'refused' | 'invalid';

const mayGoOut = (draft: Draft, name: string, value: string): boolean => {
  switch (kindOf(name)) {
    case 'plain':
      return true;
    case 'host':
      if (draft.hasHost) return false;
      draft.hasHost = true;
      return true;
    case 'content-length':
      if (draft.contentLength !== -1) return false;
      draft.contentLength = decimal(value);
      return draft.contentLength !== -1;
    case 'refused':
    case 'invalid':
      return false;
  }
};

/** Most requests have the same few names; inventions must not fill the memory. */
const KNOWN_MAX = 1024;
const KNOWN_LENGTH_MAX = 64;

/** The last five say something about the connection or the framing, which are this client's alone. */
const known = new Map<string, Kind>([
  ['host', 'host'],
  ['content-length', 'content-length'],
  ['connection', 'refused'],
  ['expect', 'refused'],
  ['keep-alive', 'refused'],
  ['transfer-encoding', 'refused'],
  ['upgrade', 'refused'],
]);

const kindOf = (name: string): Kind => {
  const kind = known.get(name);
  if (kind !== undefined) return kind;
  if (name === '' || !consistsOf(name, TOKEN)) return 'invalid';
  const found = known.get(name.toLowerCase()) ?? 'plain';
  if (known.size < KNOWN_MAX && name.length <= KNOWN_LENGTH_MAX) known.set(name, found);
  return found;
};
