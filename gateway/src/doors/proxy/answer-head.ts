import { setsOurCookie } from './cookies.ts';

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
export const answerHead = (headers: readonly string[], requestId: string, isProtected: boolean): AnswerHead => {
  const list: string[] = [];
  let contentLength = -1;
  let needsPrivate = isProtected;
  let listed: string[] | undefined;
  for (let at = 0; at < headers.length; at += 2) {
    const name = headers[at] ?? '';
    const value = headers[at + 1] ?? '';
    const kind = kinds.get(name) ?? kinds.get(name.toLowerCase()) ?? 'pass';
    if (kind === 'connection') (listed ??= []).push(...namesIn(value));
    if (kind === 'content-length') contentLength = Number(value);
    if (kind === 'cache-control') needsPrivate = false;
    if (!isGone(kind, value)) list.push(name, value);
  }
  if (listed !== undefined) removeListed(list, listed);
  if (needsPrivate) list.push('Cache-Control', 'private');
  list.push('X-Request-Id', requestId);
  return { list, contentLength };
};

const isGone = (kind: AnswerHeaderKind, value: string): boolean =>
  kind === 'drop' || kind === 'connection' || (kind === 'set-cookie' && setsOurCookie(value));

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
  if (listed.length === 0) return;
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
