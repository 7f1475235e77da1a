import type { IncomingMessage } from 'node:http';
import type { Target } from '@gatehouse/policies/routes/target';

/** A person at a browser who goes to a page, not a script that fetches one. */
export const isNavigation = ({ method, headers }: Pick<IncomingMessage, 'method' | 'headers'>): boolean => {
  if (method !== 'GET') return false;
  const mode = headers['sec-fetch-mode'];
  if (mode !== undefined) return mode === 'navigate';
  return /(?:^|,)\s*text\/html\s*(?:;|,|$)/i.test(headers.accept ?? '');
};

/** Where such a caller signs in. The address that was asked for goes along, for the way back. */
export const signInLocation = (controlOrigin: string, { authority, path, query }: Target): string =>
  `${controlOrigin}/sign-in?to=${encodeURIComponent(`http://${authority}${path}${query}`)}`;
