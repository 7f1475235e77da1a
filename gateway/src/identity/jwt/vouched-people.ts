import { and, eq } from 'drizzle-orm';
import type { Queries } from '@gatehouse/db/client';
import { accounts } from '@gatehouse/db/schema/accounts';
import { jwtSubjects } from '@gatehouse/db/schema/jwt-subjects';
import { userProfiles } from '@gatehouse/db/schema/user-profiles';
import { hasSeveralAccounts } from '@gatehouse/db/several-accounts';
import type { Principal } from '@gatehouse/policies/principal';
import { cache } from '../../cache.ts';
import type { Clock } from '../../clock.ts';
import type { Issuer } from './issuer.ts';
import type { FindVouched } from './jwt-identity.ts';
import type { Provision } from './provision-person.ts';
import type { Vouched } from './vouched.ts';

type Parts = { readonly db: Queries; readonly provision: Provision; readonly clock: Clock };

/** As for API tokens: how many people, and how long each is believed without asking again. */
const bounds = { entriesMax: 20_000, ageMsMax: 2_000 };

/** People by issuer and subject. Whose home account is not active may not act, as with API tokens. */
export const vouchedPeople = ({ db, provision, clock }: Parts): FindVouched => {
  const known = cache<Principal | undefined>({ ...bounds, now: clock.monotonicMs });

  const found = async (vouched: Vouched): Promise<Principal | undefined> => {
    const { issuer, subject, profile } = vouched;
    const stored = await storedPerson(db, issuer.issuer, subject);
    if (stored !== undefined || profile === undefined) return principalOf(stored, issuer);
    await provision(vouched, profile);
    return principalOf(await storedPerson(db, issuer.issuer, subject), issuer);
  };

  // Neither a name nor a subject has a blank.
  return (vouched) => known.find(`${vouched.issuer.name} ${vouched.subject}`, () => found(vouched));
};

type Stored = Awaited<ReturnType<typeof storedPerson>>;

/** The one whose subject this is; the account is absent until it is made. */
const storedPerson = async (db: Queries, issuer: string, subject: string) => {
  const [row] = await db
    .select({
      userId: userProfiles.userId,
      username: userProfiles.username,
      home: { id: accounts.id, slug: accounts.slug, status: accounts.status },
      several: hasSeveralAccounts(db, jwtSubjects.userId),
    })
    .from(jwtSubjects)
    .innerJoin(userProfiles, eq(userProfiles.userId, jwtSubjects.userId))
    .leftJoin(accounts, eq(accounts.ownerUserId, jwtSubjects.userId))
    .where(and(eq(jwtSubjects.issuer, issuer), eq(jwtSubjects.subject, subject)))
    .limit(1);
  return row;
};

const principalOf = (stored: Stored, { name, scopes }: Issuer): Principal | undefined => {
  if (stored?.home?.status !== 'active') return undefined;
  const { userId, username, home, several } = stored;
  return {
    subject: `user:${userId}`,
    name: username,
    home: { id: home.id, slug: home.slug },
    fixedToHome: false,
    hasSeveralAccounts: several,
    credential: `jwt:${name}`,
    scopes,
  };
};
