import { setsOurCookie } from './cookies.ts';
import { corsHeaders, isOverruled } from './cors.ts';
import type { Cors } from './cors.ts';

export type AnswerHead = {
  /** Flat list for `writeHead`. */
  readonly list: string[];
  /** Announced bytes of the body; -1 when it is not announced. */
  readonly contentLength: number;
};

type AnswerHeaderKind = 'pass' | 'drop' | 'cache-control' | 'connection' | 'content-length' | 'set-cookie';

const kinds: ReadonlyMap<string, AnswerHeaderKind> = new Map<string, AnswerHeaderKind>([
  ['cache-control', 'cache-control'],
  ['connection', 'connection'],
  ['content-length', 'content-length'],
  ['set-cookie', 'set-cookie'],
  ['keep-alive', 'drop'],
  ['proxy-authenticate', 'drop'],
  ['proxy-authorization', 'drop'],
  ['proxy-connection', 'drop'],
  ['te', 'drop'],
  ['trailer', 'drop'],
  ['transfer-encoding', 'drop'],
  ['upgrade', 'drop'],
  // The gateway's own, whatever the application says.
  ['x-request-id', 'drop'],
]);

/**
 * Filters the head of an application's answer: hop-by-hop headers, also those that Connection lists, and cookies of the
 * gateway's go; the request id comes. An answer of a protected route is nobody else's unless the application said so.
 */
export const answerHead = (
  status: number,
  headers: readonly string[],
  requestId: string,
  isProtected: boolean,
  cors?: Cors,
): AnswerHead => {
  const draft: Draft = { status, list: [], contentLength: -1, isSilentOnCaching: true, listed: [] };
  for (let at = 0; at < headers.length; at += 2) {
    const name = headers[at] ?? '';
    const value = headers[at + 1] ?? '';
    if (isKept(draft, name, value, cors)) draft.list.push(name, value);
  }
  const { list, contentLength, listed } = draft;
  if (listed.length > 0) removeListed(list, listed);
  if (isProtected && draft.isSilentOnCaching) list.push('Cache-Control', 'private');
  if (cors !== undefined) list.push(...corsHeaders(cors));
  list.push('X-Request-Id', requestId);
  return { list, contentLength };
};

const isKept = (draft: Draft, name: string, value: string, cors: Cors | undefined): boolean => {
  const kind = kindOf(name);
  if (kind !== 'pass') return keeps(draft, kind, value);
  return cors === undefined || !isOverruled(name);
};

const kindOf = (name: string): AnswerHeaderKind => kinds.get(name) ?? kinds.get(name.toLowerCase()) ?? 'pass';

type Draft = {
  readonly status: number;
  readonly list: string[];
  readonly listed: string[];
  contentLength: number;
  isSilentOnCaching: boolean;
};

/** Whether a header of this kind reaches the client. */
const keeps = (draft: Draft, kind: Exclude<AnswerHeaderKind, 'pass'>, value: string): boolean => {
  switch (kind) {
    case 'drop':
      return false;
    case 'connection':
      draft.listed.push(...namesIn(value));
      return false;
    case 'content-length':
      draft.contentLength = Number(value);
      // RFC 9110, 8.6: a 204 has no length, whatever the application says.
      return draft.status !== 204;
    case 'cache-control':
      draft.isSilentOnCaching = false;
      return true;
    case 'set-cookie':
      return !setsOurCookie(value);
  }
};

const namesIn = (value: string): string[] => {
  if (value === 'keep-alive' || value === 'close') return [];
  return (
    value
      .toLowerCase()
      .split(',')
      .map((name) => name.trim())
      // Taking these back would unsay the framing, or open a protected answer to caches.
      .filter((name) => name !== 'content-length' && name !== 'cache-control')
  );
};

const removeListed = (list: string[], listed: readonly string[]): void => {
  const names = new Set(listed);
  let kept = 0;
  for (let at = 0; at < list.length; at += 2) {
    const name = list[at] ?? '';
    if (names.has(name.toLowerCase())) continue;
    list[kept] = name;
    list[kept + 1] = list[at + 1] ?? '';
    kept += 2;
  }
  list.length = kept;
};
