import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accounts } from '@gatehouse/db/schema/accounts';
import { memberships } from '@gatehouse/db/schema/memberships';
import { slugs } from '@gatehouse/db/schema/slugs';
import { userProfiles } from '@gatehouse/db/schema/user-profiles';
import { workspaces } from '@gatehouse/db/schema/workspaces';
import { testDatabase } from '../../../db/test/test-database.ts';
import type { TestDatabase } from '../../../db/test/test-database.ts';
import { createOrganization } from './create-organization.ts';
import { createPerson } from './create-person.ts';
import type { CreatedPerson } from './create-person.ts';
import { SlugRefused } from './take-slug.ts';

let test: TestDatabase;
let ann: CreatedPerson;
beforeAll(async () => {
  test = await testDatabase();
  ann = await person('ann');
});
afterAll(() => test.remove());

const person = (username: string) =>
  test.database.transaction((tx) => createPerson(tx, { username, name: 'Ann', email: `${username}@acme.example` }));

const organization = (slug: string) =>
  test.database.transaction((tx) => createOrganization(tx, { slug, name: 'Acme', createdBy: ann.userId }));

const everything = async () => {
  const { db } = test.database;
  return Promise.all([slugs, userProfiles, accounts, memberships, workspaces].map((table) => db.$count(table)));
};

const refusedNames = [
  ['Acme', 'form'],
  ['a', 'form'],
  ['acme-', 'form'],
  ['xn--acme', 'form'],
  ['admin', 'reserved'],
  ['adm1n', 'reserved'],
] as const;

describe('createPerson', () => {
  it('makes an account of the same name, which its person owns, with a workspace', async () => {
    const { userId, home, tuples } = await person('ben');
    expect(home.slug).toBe('ben');
    const { object } = tuples.find(({ subject, relation }) => relation === 'owner' && subject === `user:${userId}`)!;
    expect(object).toBe(`organization:${home.id}`);
    expect(tuples).toContainEqual({
      subject: object,
      relation: 'organization',
      object: expect.stringMatching(/^workspace:wsp_/),
    });
  });

  it.each(refusedNames)('refuses the user name %s (%s), and writes nothing', async (username, reason) => {
    const before = await everything();
    await expect(person(username)).rejects.toMatchObject({ name: 'SlugRefused', reason });
    expect(await everything()).toEqual(before);
  });
});

describe('createOrganization', () => {
  it('makes an account with a workspace, owned by its creator', async () => {
    const { accountId, workspaceId, tuples } = await organization('acme');
    const object = `organization:${accountId}`;
    expect(tuples).toContainEqual({ subject: `user:${ann.userId}`, relation: 'owner', object });
    expect(tuples).toContainEqual({ subject: object, relation: 'organization', object: `workspace:${workspaceId}` });
  });

  it.each(refusedNames)('refuses the slug %s (%s), and writes nothing', async (slug, reason) => {
    const before = await everything();
    await expect(organization(slug)).rejects.toMatchObject({ name: 'SlugRefused', reason });
    expect(await everything()).toEqual(before);
  });

  it('refuses the name of a person, and writes nothing', async () => {
    const before = await everything();
    await expect(organization('ann')).rejects.toMatchObject({ cause: { constraint: 'slugs_pkey' } });
    expect(await everything()).toEqual(before);
  });

  it('says what a name has to be', () => {
    expect(new SlugRefused('a\nb', 'form').message).toContain('"a\\nb" cannot be a name: 2 to 40 of a-z');
  });
});
