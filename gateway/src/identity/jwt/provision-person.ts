import { and, eq, isNotNull } from 'drizzle-orm';
import { appendAudit } from '@gatehouse/db/audit';
import type { Database, Queries } from '@gatehouse/db/client';
import { jwtSubjects } from '@gatehouse/db/schema/jwt-subjects';
import { userEmails } from '@gatehouse/db/schema/user-emails';
import { writeTuples } from '@gatehouse/db/tuples';
import type { EmbeddedEngine, Mutated, RefusalOf } from '@gatehouse/policies/engine/embedded/embedded';
import { createPerson } from '../../accounts/create-person.ts';
import type { NewPerson } from '../../accounts/create-person.ts';
import type { Vouched } from './vouched.ts';
import type { Profile } from './profile.ts';
import { freeUsername } from './username.ts';

export type ProvisionParts = {
  readonly database: Pick<Database, 'transaction'>;
  readonly mutate: EmbeddedEngine['mutate'];
};

/** Makes the person unless the subject is known by now. Rejects, with nothing written, when that cannot be done. */
export type Provision = (vouched: Pick<Vouched, 'issuer' | 'subject'>, profile: Profile) => Promise<void>;

/** A name, an address or the subject itself can be taken between looking and writing, by another replica only. */
const attemptsMax = 4;

/** Profile, personal account, its tuples, the subject's row and the audit row in one transaction; in force when it resolves. */
export const provisionPerson =
  ({ database, mutate }: ProvisionParts): Provision =>
  async (vouched, profile) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await mutate((refusalOf) => database.transaction((tx) => provision(tx, vouched, profile, refusalOf)));
      } catch (error) {
        if (attempt === attemptsMax || !isTaken(error)) throw error;
      }
    }
  };

const provision = async (
  tx: Queries,
  { issuer: { name: issuerName, issuer }, subject }: Pick<Vouched, 'issuer' | 'subject'>,
  profile: Profile,
  refusalOf: RefusalOf,
): Promise<Mutated<void>> => {
  const key = and(eq(jwtSubjects.issuer, issuer), eq(jwtSubjects.subject, subject));
  if ((await tx.$count(jwtSubjects, key)) > 0) return { result: undefined };
  const person = await newPerson(tx, profile);
  const { userId, home, tuples } = await createPerson(tx, person);
  await tx.insert(jwtSubjects).values({ issuer, subject, userId });
  const change = { writes: tuples, deletes: [] };
  const refusal = refusalOf(change);
  if (refusal !== undefined) throw new Error(`the tuples of a new person are refused: ${refusal.message}`);
  const revision = await writeTuples(tx, change);
  await appendAudit(tx, home.id, [
    {
      time: new Date(),
      actor: 'system:jwt',
      action: 'user.provisioned',
      target: `user:${userId}`,
      after: { issuer, subject, credential: `jwt:${issuerName}`, username: person.username },
    },
  ]);
  return { result: undefined, committed: { change, revision } };
};

const newPerson = async (tx: Queries, { username: wanted, name, email }: Profile): Promise<NewPerson> => {
  const username = await freeUsername(tx, wanted);
  return {
    username,
    name: displayName(name) || username,
    ...(email === undefined ? {} : { email: email.address, isEmailVerified: await isVerifiedFor(tx, email) }),
  };
};

/** An address that somebody else has verified stays theirs, whatever the issuer says: it is only claimed then. */
const isVerifiedFor = async (tx: Queries, { address, isVerified }: NonNullable<Profile['email']>): Promise<boolean> => {
  if (!isVerified) return false;
  const sameVerified = and(eq(userEmails.addressNorm, address.toLowerCase()), isNotNull(userEmails.verifiedAt));
  return (await tx.$count(userEmails, sameVerified)) === 0;
};

/** One line, without what would turn the text around it: controls, halves of characters and marks of direction. */
const displayName = (name: string | undefined): string => {
  const plain = (name ?? '').replace(/[\p{Cc}\p{Cs}\p{Co}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, ' ');
  return Array.from(plain.replace(/ +/g, ' ').trim()).slice(0, 200).join('').trim();
};

/** PostgreSQL's unique_violation, however deep the driver wraps it. */
const isTaken = (error: unknown): boolean =>
  error instanceof Error && ((error as { code?: unknown }).code === '23505' || isTaken(error.cause));
