import { findAccount } from '@gatehouse/db/accounts';
import type { Queries } from '@gatehouse/db/client';
import { findPerson } from '@gatehouse/db/people';
import { findToken, findTokenById } from '@gatehouse/db/tokens';
import type { Account, Principal } from '@gatehouse/policies/principal';
import type { FindToken } from './identity/api-token.ts';
import type { Directory } from './operations/directory.ts';
import type { RecordedCaller } from './replay/replay-record.ts';

/** People and accounts as operators name them, read from the database at every question. */
export const databaseDirectory = (db: Queries): Directory => ({
  person: async (text) => {
    const person = await findPerson(db, text);
    return person?.home === undefined ? undefined : { ...person, home: person.home };
  },
  account: (text) => accountOf(db, text),
});

/** By slug or id; an account that is not there any more is not found. */
export const accountOf = async (db: Queries, slugOrId: string): Promise<Account | undefined> => {
  const account = await findAccount(db, slugOrId);
  return account === undefined || account.status === 'purged' ? undefined : { id: account.id, slug: account.slug };
};

/** Tokens whose owner may still act: a disabled service account and a suspended home account own none. */
export const storedTokens =
  (db: Queries): FindToken =>
  async (hashes) => {
    const token = await findToken(db, hashes);
    if (token === undefined || token.home.status !== 'active') return undefined;
    const { principal } = token;
    if (principal.kind === 'service_account' && principal.disabledAt !== null) return undefined;
    const { hash, expiresAt, revokedAt } = token;
    return { hash, expiresAt, revokedAt, principal: principalOf(token) };
  };

/** Who made a request that was recorded, as they are now; also with a token that is not valid any more. */
export const recordedCallers =
  (db: Queries) =>
  async ({ subject, token: tokenId }: RecordedCaller): Promise<Principal | undefined> => {
    const token = tokenId === undefined ? undefined : await findTokenById(db, tokenId);
    if (token !== undefined) return principalOf(token);
    const person = subject.startsWith('user:') ? await findPerson(db, subject.slice('user:'.length)) : undefined;
    if (person?.home === undefined) return undefined;
    const { username: name, home, hasSeveralAccounts } = person;
    const whole = { fixedToHome: false, credential: 'session', scopes: ['all'] } as const;
    return { subject: `user:${person.id}`, name, home, hasSeveralAccounts, ...whole };
  };

const principalOf = ({
  id,
  principal,
  home,
  scopes,
  hasSeveralAccounts,
}: NonNullable<Awaited<ReturnType<typeof findToken>>>): Principal => ({
  subject: `${principal.kind}:${principal.id}`,
  name: principal.name,
  home: { id: home.id, slug: home.slug },
  fixedToHome: principal.kind === 'service_account',
  hasSeveralAccounts,
  credential: 'token',
  scopes,
  tokenId: id,
});
