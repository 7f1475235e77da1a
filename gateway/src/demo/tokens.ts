import { deriveBytes } from '../secret.ts';
import { tokenText } from '../identity/token-text.ts';
import type { Username } from './cast.ts';

/** The same secret always gives the same token, so that the printed lines work again after every start. */
export const demoToken = (secret: string, username: Username): string =>
  tokenText('pat', deriveBytes(secret, `demo token of ${username}`));
