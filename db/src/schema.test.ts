import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addOrganization, addPerson } from '../test/rows.ts';
import { testDatabase } from '../test/test-database.ts';
import type { TestDatabase } from '../test/test-database.ts';
import type { Queries } from './client.ts';
import { newId } from './ids.ts';
import { accounts } from './schema/accounts.ts';
import { apiTokens } from './schema/api-tokens.ts';
import { contents } from './schema/contents.ts';
import { incarnation } from './schema/incarnation.ts';
import { memberships } from './schema/memberships.ts';
import { serviceAccounts } from './schema/service-accounts.ts';
import { slugs } from './schema/slugs.ts';
import { userEmails } from './schema/user-emails.ts';
import { userProfiles } from './schema/user-profiles.ts';
import { workspaces } from './schema/workspaces.ts';

let opened: TestDatabase;
const known = { user: '', home: '', other: '', acme: '', rival: '', workspace: newId('wsp'), robot: newId('svc') };

beforeAll(async () => {
  opened = await testDatabase();
  const { db } = opened.database;
  const ann = await addPerson(db, 'ann');
  known.user = ann.userId;
  known.home = ann.accountId;
  known.other = (await addPerson(db, 'ben')).userId;
  known.acme = (await addOrganization(db, 'acme', ann.userId)).accountId;
  known.rival = (await addOrganization(db, 'rival', ann.userId)).accountId;
  await db
    .insert(workspaces)
    .values({ id: known.workspace, accountId: known.acme, name: 'main', isDefault: true, createdBy: known.user });
  await db
    .insert(serviceAccounts)
    .values({ id: known.robot, accountId: known.acme, name: 'robot', createdBy: known.user });
});
afterAll(() => opened.remove());

const membership = () => ({ id: newId('mem'), accountId: known.acme, userId: known.user, source: 'created' as const });
const workspace = () => ({ id: newId('wsp'), accountId: known.acme, name: newId('wsp'), createdBy: known.user });
const organization = (slug: string) => ({
  id: newId('acc'),
  kind: 'organization' as const,
  slug,
  name: 'x',
  createdBy: known.user,
});
const content = (externalId: string) => ({
  id: `quantum.algorithm/${externalId}`,
  app: 'quantum',
  kind: 'algorithm',
  externalId,
  accountId: known.acme,
  workspaceId: known.workspace,
  createdBy: known.user,
});
const token = () => ({
  id: newId('tok'),
  kind: 'personal' as const,
  accountId: known.home,
  userId: known.user,
  name: 'x',
  prefix: 'gth_pat_',
  lastFour: 'abcd',
  hash: crypto.getRandomValues(new Uint8Array(32)),
  keyId: 'k',
  scopes: ['all'],
  expiresAt: new Date(),
  createdBy: known.user,
});
const address = (addressNorm: string) => ({ userId: known.user, address: addressNorm, addressNorm });

/** What the database takes; each in a transaction of its own that is rolled back. */
const taken: readonly [string, (db: Queries) => Promise<unknown>][] = [
  ['a member with a role', async (db) => db.insert(memberships).values({ ...membership(), role: 'viewer' })],
  [
    'a member with facets only',
    async (db) => db.insert(memberships).values({ ...membership(), facets: ['technical', 'user_admin'] }),
  ],
  [
    'a removed member without rights',
    async (db) => db.insert(memberships).values({ ...membership(), removedAt: new Date() }),
  ],
  ['a workspace beside the default one', async (db) => db.insert(workspaces).values(workspace())],
  ['content', async (db) => db.insert(contents).values(content('1'))],
  ['a personal token', async (db) => db.insert(apiTokens).values(token())],
  [
    'a service token',
    async (db) =>
      db
        .insert(apiTokens)
        .values({ ...token(), kind: 'service', accountId: known.acme, userId: null, serviceAccountId: known.robot }),
  ],
];

/** What it refuses, and by which constraint. */
const refused: readonly [string, string, (db: Queries) => Promise<unknown>][] = [
  [
    'a live member without any right',
    'memberships_live_has_right',
    async (db) => db.insert(memberships).values(membership()),
  ],
  [
    'an unknown facet',
    'memberships_facets',
    async (db) => db.insert(memberships).values({ ...membership(), facets: ['root' as 'technical'] }),
  ],
  [
    'an unknown role',
    'memberships_role',
    async (db) => db.insert(memberships).values({ ...membership(), role: 'root' as 'viewer' }),
  ],
  [
    'a second live membership',
    'memberships_live',
    async (db) =>
      db.insert(memberships).values([membership(), membership()].map((row) => ({ ...row, role: 'viewer' as const }))),
  ],
  [
    'a second default workspace',
    'workspaces_one_default',
    async (db) => db.insert(workspaces).values({ ...workspace(), isDefault: true }),
  ],
  [
    'a slug in capitals',
    'slugs_slug_form',
    async (db) => db.insert(slugs).values({ slug: 'Acme', holder: known.acme }),
  ],
  [
    'a slug that ends with a newline',
    'slugs_slug_form',
    async (db) => db.insert(slugs).values({ slug: 'acme\n', holder: known.acme }),
  ],
  [
    'an organization with a user name',
    'accounts_slug_holder',
    async (db) => {
      await db.insert(slugs).values({ slug: 'carl', holder: known.other });
      return db.insert(accounts).values(organization('carl'));
    },
  ],
  [
    'an organization with a slug nobody took',
    'accounts_slug_holder',
    async (db) => db.insert(accounts).values(organization('free')),
  ],
  [
    'a person with the slug of an organization',
    'user_profiles_slug',
    async (db) => db.insert(userProfiles).values({ userId: newId('usr'), username: 'acme', name: 'x' }),
  ],
  [
    'a personal account without owner',
    'accounts_personal_has_owner',
    async (db) =>
      db
        .insert(accounts)
        .values({ ...organization('acme'), id: known.acme, kind: 'personal' })
        .onConflictDoNothing(),
  ],
  [
    'an organization with an owner',
    'accounts_personal_has_owner',
    async (db) => db.insert(accounts).values({ ...organization('ben'), ownerUserId: known.other }),
  ],
  [
    'a second personal account',
    'accounts_slug',
    async (db) => db.insert(accounts).values({ ...organization('ann'), kind: 'personal', ownerUserId: known.user }),
  ],
  [
    'an id with the wrong prefix',
    'workspaces_id_form',
    async (db) => db.insert(workspaces).values({ ...workspace(), id: newId('acc') }),
  ],
  [
    'an id in capitals',
    'workspaces_id_form',
    async (db) => db.insert(workspaces).values({ ...workspace(), id: newId('wsp').toUpperCase() }),
  ],
  [
    'content in a workspace of another account',
    'contents_workspace',
    async (db) => db.insert(contents).values({ ...content('2'), accountId: known.rival }),
  ],
  [
    'content whose id is another object',
    'contents_id_form',
    async (db) => db.insert(contents).values({ ...content('2'), externalId: '3' }),
  ],
  [
    'content whose id could be the id of a version',
    'contents_external_id_form',
    async (db) => db.insert(contents).values(content('2@1')),
  ],
  [
    'content whose id is longer than an object may be',
    'contents_id_length',
    async (db) => {
      const kind = 'k'.repeat(60);
      const externalId = 'x'.repeat(200);
      return db.insert(contents).values({ ...content(externalId), kind, id: `quantum.${kind}/${externalId}` });
    },
  ],
  [
    'content with an empty title',
    'contents_title_length',
    async (db) => db.insert(contents).values({ ...content('2'), title: '' }),
  ],
  [
    'an object that belongs to an account already',
    'contents_pkey',
    async (db) => db.insert(contents).values([content('2'), content('2')]),
  ],
  [
    'a personal token in an organization',
    'api_tokens_personal_account',
    async (db) => db.insert(apiTokens).values({ ...token(), accountId: known.acme }),
  ],
  [
    'a service token in another organization',
    'api_tokens_service_account',
    async (db) =>
      db
        .insert(apiTokens)
        .values({ ...token(), kind: 'service', accountId: known.rival, userId: null, serviceAccountId: known.robot }),
  ],
  [
    'a token of two principals',
    'api_tokens_one_principal',
    async (db) => db.insert(apiTokens).values({ ...token(), accountId: known.acme, serviceAccountId: known.robot }),
  ],
  [
    'a token of nobody',
    'api_tokens_one_principal',
    async (db) => db.insert(apiTokens).values({ ...token(), userId: null }),
  ],
  [
    'a hash that is cut off',
    'api_tokens_hash_length',
    async (db) => db.insert(apiTokens).values({ ...token(), hash: new Uint8Array(31) }),
  ],
  [
    'a second person with a verified address',
    'user_emails_verified',
    async (db) =>
      db.insert(userEmails).values([
        { ...address('a@b.c'), verifiedAt: new Date() },
        { ...address('a@b.c'), userId: known.other, verifiedAt: new Date() },
      ]),
  ],
  [
    'an address that is not normalised',
    'user_emails_norm_form',
    async (db) => db.insert(userEmails).values(address('A@b.c')),
  ],
  ['a second incarnation', 'incarnation_pkey', async (db) => db.insert(incarnation).values({ id: newId('inc') })],
];

const undone = async (write: (db: Queries) => Promise<unknown>) => {
  const undo = new Error('undo');
  await opened.database
    .transaction(async (tx) => {
      await write(tx);
      throw undo;
    })
    .catch((error: unknown) => {
      if (error !== undo) throw error;
    });
};

describe('the schema', () => {
  it.each(taken)('takes %s', async (_, write) => {
    await expect(undone(write)).resolves.toBeUndefined();
  });

  it.each(refused)('refuses %s (%s)', async (_, constraint, write) => {
    await expect(undone(write)).rejects.toMatchObject({ cause: { constraint } });
  });
});
