import { randomBytes } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addOrganization, addPerson } from '../test/rows.ts';
import { testDatabase } from '../test/test-database.ts';
import type { TestDatabase } from '../test/test-database.ts';
import { findAccount } from './accounts.ts';
import { newId } from './ids.ts';
import { findPerson } from './people.ts';
import { accounts } from './schema/accounts.ts';
import { apiTokens } from './schema/api-tokens.ts';
import { memberships } from './schema/memberships.ts';
import { serviceAccounts } from './schema/service-accounts.ts';
import { userEmails } from './schema/user-emails.ts';
import { findToken, findTokenById } from './tokens.ts';

let opened: TestDatabase;
let ann: Awaited<ReturnType<typeof addPerson>>;
let acme: Awaited<ReturnType<typeof addOrganization>>;
const robot = newId('svc');
const hashes = { personal: randomBytes(32), service: randomBytes(32), none: randomBytes(32) };
const expiresAt = new Date('2030-01-02T03:04:05.678Z');

beforeAll(async () => {
  opened = await testDatabase();
  const { db } = opened.database;
  ann = await addPerson(db, 'ann');
  acme = await addOrganization(db, 'acme', ann.userId);
  await db.insert(userEmails).values([
    {
      userId: ann.userId,
      address: 'Ann@Example.com',
      addressNorm: 'ann@example.com',
      isPrimary: true,
      verifiedAt: new Date(),
    },
    { userId: ann.userId, address: 'claimed@example.com', addressNorm: 'claimed@example.com' },
  ]);
  await db
    .insert(serviceAccounts)
    .values({ id: robot, accountId: acme.accountId, name: 'robot', role: 'viewer', createdBy: ann.userId });
  const common = { name: 'x', prefix: 'gth_pat_', lastFour: 'abcd', keyId: 'k1', expiresAt, createdBy: ann.userId };
  await db.insert(apiTokens).values([
    {
      ...common,
      id: newId('tok'),
      kind: 'personal',
      accountId: ann.accountId,
      userId: ann.userId,
      hash: hashes.personal,
      scopes: ['all', 'a "b", c'],
    },
    {
      ...common,
      id: newId('tok'),
      kind: 'service',
      accountId: acme.accountId,
      serviceAccountId: robot,
      hash: hashes.service,
      scopes: [],
      revokedAt: expiresAt,
      revokedBy: ann.userId,
    },
  ]);
});
afterAll(() => opened.remove());

describe('findToken', () => {
  it('finds a personal token with its person and the personal account', async () => {
    expect(await findToken(opened.database.db, [hashes.none, hashes.personal])).toMatchObject({
      kind: 'personal',
      hash: new Uint8Array(hashes.personal),
      keyId: 'k1',
      scopes: ['all', 'a "b", c'],
      expiresAt,
      revokedAt: null,
      principal: { kind: 'user', id: ann.userId, name: 'ann' },
      home: { id: ann.accountId, slug: 'ann', status: 'active' },
      hasSeveralAccounts: false,
    });
  });

  it('finds a service token with its account, revoked as it is', async () => {
    expect(await findToken(opened.database.db, [hashes.service])).toMatchObject({
      kind: 'service',
      scopes: [],
      revokedAt: expiresAt,
      principal: { kind: 'service_account', id: robot, name: 'robot', disabledAt: null },
      home: { id: acme.accountId, slug: 'acme', status: 'active' },
      hasSeveralAccounts: false,
    });
  });

  it.each([[[]], [[hashes.none]]])('finds nothing for hashes that nobody has', async (unknown) => {
    expect(await findToken(opened.database.db, unknown)).toBeUndefined();
  });
});

describe('findTokenById', () => {
  it('finds the token that a hash finds, and no other', async () => {
    const { db } = opened.database;
    const token = await findToken(db, [hashes.service]);
    expect(await findTokenById(db, token?.id ?? '')).toEqual(token);
    expect(await findTokenById(db, newId('tok'))).toBeUndefined();
  });
});

describe('findAccount', () => {
  it('finds by slug and by id, and nothing else', async () => {
    const { db } = opened.database;
    const found = { id: acme.accountId, slug: 'acme', name: 'acme', kind: 'organization', status: 'active' };
    expect(await findAccount(db, 'acme')).toEqual(found);
    expect(await findAccount(db, acme.accountId)).toEqual(found);
    for (const unknown of ['', 'ACME', 'acm', 'acme ', newId('acc')])
      expect(await findAccount(db, unknown)).toBeUndefined();
  });
});

describe('findPerson', () => {
  it('finds by user name, id and verified address', async () => {
    const { db } = opened.database;
    const home = { id: ann.accountId, slug: 'ann' };
    const found = { id: ann.userId, username: 'ann', name: 'ann', home, hasSeveralAccounts: false };
    for (const key of ['ann', ann.userId, 'ann@example.com', 'ANN@Example.com'])
      expect(await findPerson(db, key)).toEqual(found);
  });

  it.each(['bob', 'claimed@example.com', 'acme', '', '@'])('finds nobody for %j', async (key) => {
    expect(await findPerson(opened.database.db, key)).toBeUndefined();
  });
});

describe('somebody who could act for several accounts', () => {
  const membership = newId('mem');
  const seen = async () => {
    const { db } = opened.database;
    const token = await findToken(db, [hashes.personal]);
    const service = await findToken(db, [hashes.service]);
    const person = await findPerson(db, 'ann');
    expect(person?.hasSeveralAccounts).toBe(token?.hasSeveralAccounts);
    return { person: token?.hasSeveralAccounts, service: service?.hasSeveralAccounts };
  };
  const setAccount = (status: 'active' | 'suspended' | 'purged') =>
    opened.database.db.update(accounts).set({ status }).where(eq(accounts.id, acme.accountId));

  it('is a person who belongs to one organization beside the personal account, and never a service account', async () => {
    const { db } = opened.database;
    const bea = await addPerson(db, 'bea');
    const row = { accountId: acme.accountId, role: 'viewer', source: 'invited' } as const;
    await db.insert(memberships).values({ ...row, id: newId('mem'), userId: bea.userId });
    expect(await seen(), 'the membership of somebody else').toEqual({ person: false, service: false });
    await db.insert(memberships).values({ ...row, id: membership, userId: ann.userId });
    expect(await seen()).toEqual({ person: true, service: false });
  });

  it.each([
    ['suspended', true],
    ['purged', false],
    ['active', true],
  ] as const)('counts an organization that is %s: %s', async (status, counts) => {
    await setAccount(status);
    expect(await seen()).toEqual({ person: counts, service: false });
  });

  it('is nobody whose membership has ended', async () => {
    const { db } = opened.database;
    await db.update(memberships).set({ removedAt: new Date() }).where(eq(memberships.id, membership));
    expect(await seen()).toEqual({ person: false, service: false });
  });
});
