import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accounts } from '@gatehouse/db/schema/accounts';
import { contents } from '@gatehouse/db/schema/contents';
import { tuple } from '@gatehouse/db/schema/tuple';
import { testDatabase } from '../../../db/test/test-database.ts';
import type { TestDatabase } from '../../../db/test/test-database.ts';
import { systemClock } from '../clock.ts';
import { databaseDirectory, storedTokens } from '../directory.ts';
import { apiTokenIdentity } from '../identity/api-token.ts';
import type { Identified } from '../identity/identity.ts';
import { deriveKeys } from '../secret.ts';
import { cast } from './cast.ts';
import { seedDemo } from './seed.ts';
import { removeDemoTokens, renewDemoTokens } from './token-rows.ts';
import { demoToken } from './tokens.ts';

const secret = 'a secret that only this test uses';
const keys = deriveKeys([secret], 'api-token');

let test: TestDatabase;
beforeAll(async () => {
  test = await testDatabase();
  await seedDemo(test.database);
});
afterAll(() => test.remove());

const identify = async (username: (typeof cast)[number]['username']): Promise<Identified> =>
  apiTokenIdentity({ keys, find: storedTokens(test.database.db), clock: systemClock })(demoToken(secret, username));

const parts = () => ({ database: test.database, secret, keys });

describe("the demo's content", () => {
  it('is an organization, four people with accounts of their own, and three algorithms', async () => {
    const { db } = test.database;
    expect(await db.$count(accounts)).toBe(1 + cast.length);
    expect(await db.$count(contents)).toBe(3);
  });

  it('is left alone on a database that holds something', async () => {
    const { db } = test.database;
    const before = await db.select().from(tuple);
    await seedDemo(test.database);
    expect(await db.select().from(tuple)).toEqual(before);
  });

  it.each(['vera', 'vera@acme.example', 'VERA@acme.example'])('finds a person by %s', async (text) => {
    expect(await databaseDirectory(test.database.db).person(text)).toMatchObject({ username: 'vera' });
  });
});

describe("the demo's tokens", () => {
  it.each(cast)('stand for $username', async ({ username }) => {
    await renewDemoTokens(parts(), new Date());
    expect(await identify(username)).toMatchObject({
      kind: 'principal',
      principal: { name: username, home: { slug: username }, fixedToHome: false, credential: 'token', scopes: ['all'] },
    });
  });

  it('are the same after every start and others under another secret', () => {
    expect(demoToken(secret, 'vera')).toBe(demoToken(secret, 'vera'));
    expect(demoToken(secret, 'vera')).not.toBe(demoToken(secret, 'max'));
    expect(demoToken(secret, 'vera')).not.toBe(demoToken(`${secret}.`, 'vera'));
  });

  it('die a day after the last start', async () => {
    await renewDemoTokens(parts(), new Date(Date.now() - 24 * 60 * 60 * 1_000));
    expect(await identify('vera')).toEqual({ kind: 'invalid', reason: 'invalid_credential' });
  });

  it('are gone when the demo is off', async () => {
    await renewDemoTokens(parts(), new Date());
    await removeDemoTokens(parts());
    expect(await identify('vera')).toEqual({ kind: 'invalid', reason: 'invalid_credential' });
  });
});
