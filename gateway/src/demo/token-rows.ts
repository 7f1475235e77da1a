import { inArray } from 'drizzle-orm';
import type { Database } from '@gatehouse/db/client';
import { newId } from '@gatehouse/db/ids';
import { findPerson } from '@gatehouse/db/people';
import { apiTokens } from '@gatehouse/db/schema/api-tokens';
import { hashedToken } from '../identity/api-token.ts';
import type { DerivedKey } from '../secret.ts';
import { cast } from './cast.ts';
import { demoToken } from './tokens.ts';

type Parts = {
  readonly database: Database;
  readonly secret: string;
  readonly keys: readonly DerivedKey[];
  readonly now: Date;
};

const lifetimeMs = 24 * 60 * 60 * 1_000;

/**
 * Makes the demo's tokens valid for a day from now, or, when `demo` is off, takes them away: whoever saw them on a start
 * screen must not get into an installation that went on to real use.
 */
export const renewDemoTokens = async ({ database, secret, keys, now }: Parts, demo: boolean): Promise<void> => {
  const tokens = cast.map(({ username }) => ({ username, text: demoToken(secret, username) }));
  const hashes = tokens.map(({ text }) => hashedToken(keys, text).hash);
  await database.transaction(async (tx) => {
    await tx.delete(apiTokens).where(inArray(apiTokens.hash, hashes));
    if (!demo) return;
    for (const { username, text } of tokens) {
      const person = await findPerson(tx, username);
      if (person?.home === undefined) continue;
      await tx.insert(apiTokens).values({
        id: newId('tok'),
        kind: 'personal',
        accountId: person.home.id,
        userId: person.id,
        name: 'Demo',
        prefix: text.slice(0, 8),
        lastFour: text.slice(-4),
        ...hashedToken(keys, text),
        scopes: ['all'],
        expiresAt: new Date(now.getTime() + lifetimeMs),
        createdBy: person.id,
      });
    }
  });
};
