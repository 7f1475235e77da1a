import type { Database, Queries } from '@gatehouse/db/client';
import { accounts } from '@gatehouse/db/schema/accounts';
import { writeTuples } from '@gatehouse/db/tuples';
import type { Tuple } from '@gatehouse/policies/engine/engine';
import { addMember } from '../accounts/add-member.ts';
import { createOrganization } from '../accounts/create-organization.ts';
import { createPerson } from '../accounts/create-person.ts';
import type { CreatedPerson } from '../accounts/create-person.ts';
import { registerContent } from '../content/register-content.ts';
import { algorithms, cast, organization } from './cast.ts';
import type { Username } from './cast.ts';

/** Writes the demo's people, organization and content into an empty database, in one transaction; leaves any other alone. */
export const seedDemo = (database: Database): Promise<void> =>
  database.transaction(async (tx) => {
    if ((await tx.$count(accounts)) > 0) return;
    const people = await createCast(tx);
    const owner = people.get('olga')!;
    const acme = await createOrganization(tx, { ...organization, createdBy: owner.userId });
    const tuples: Tuple[] = [...[...people.values()].flatMap((person) => person.tuples), ...acme.tuples];
    for (const { username, role } of cast) {
      if (role === undefined || role === 'owner') continue;
      const { userId } = people.get(username)!;
      tuples.push(...(await addMember(tx, { accountId: acme.accountId, userId, role, source: 'invited' })));
    }
    for (const { id, title } of algorithms) {
      const place = { accountId: acme.accountId, workspaceId: acme.workspaceId, createdBy: owner.userId };
      tuples.push(
        ...(await registerContent(tx, { app: 'quantum', kind: 'algorithm', externalId: id, title, ...place })),
      );
    }
    await writeTuples(tx, { writes: tuples, deletes: [] });
  });

const createCast = async (tx: Queries): Promise<ReadonlyMap<Username, CreatedPerson>> => {
  const people = new Map<Username, CreatedPerson>();
  for (const { username, name } of cast) {
    people.set(username, await createPerson(tx, { username, name, email: `${username}@acme.example` }));
  }
  return people;
};
