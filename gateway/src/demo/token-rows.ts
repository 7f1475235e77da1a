import { inArray } from 'drizzle-orm';
import type { Database, Queries } from '@gatehouse/db/client';
import { newId } from '@gatehouse/db/ids';
import { findPerson } from '@gatehouse/db/people';
import { apiTokens } from '@gatehouse/db/schema/api-tokens';
import { hashedToken } from '../identity/api-token.ts';
import type { DerivedKey } from '../secret.ts';
import { cast } from './cast.ts';
import { demoToken } from './tokens.ts';

type Parts = { readonly database: Database; readonly secret: string; readonly keys: readonly DerivedKey[] };

const lifetimeMs = 24 * 60 * 60 * 1_000;

/** Makes the demo's tokens valid for a day from `now`. */
export const renewDemoTokens = ({ database, secret, keys }: Parts, now: Date): Promise<void> =>
  database.transaction(async (tx) => {
    await deleteTokens(tx, secret, keys);
    for (const { username } of cast) {
      const person = await findPerson(tx, username);
      if (person?.home === undefined) continue;
      const text = demoToken(secret, username);
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

/** Whoever saw the tokens on a start screen must not get into an installation that went on to real use. */
export const removeDemoTokens = ({ database, secret, keys }: Parts): Promise<void> =>
  database.transaction((tx) => deleteTokens(tx, secret, keys));

const deleteTokens = async (tx: Queries, secret: string, keys: readonly DerivedKey[]): Promise<void> => {
  const hashes = cast.map(({ username }) => hashedToken(keys, demoToken(secret, username)).hash);
  await tx.delete(apiTokens).where(inArray(apiTokens.hash, hashes));
};
