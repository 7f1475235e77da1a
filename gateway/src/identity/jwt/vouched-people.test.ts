import { fileURLToPath } from 'node:url';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { verifyAudit } from '@gatehouse/db/audit';
import { findPerson } from '@gatehouse/db/people';
import { accounts } from '@gatehouse/db/schema/accounts';
import { auditEvents } from '@gatehouse/db/schema/audit-events';
import { jwtSubjects } from '@gatehouse/db/schema/jwt-subjects';
import { slugs } from '@gatehouse/db/schema/slugs';
import { tuple } from '@gatehouse/db/schema/tuple';
import { userEmails } from '@gatehouse/db/schema/user-emails';
import { userProfiles } from '@gatehouse/db/schema/user-profiles';
import { tupleStore } from '@gatehouse/db/tuples';
import { embedded } from '@gatehouse/policies/engine/embedded/embedded';
import type { EmbeddedEngine } from '@gatehouse/policies/engine/embedded/embedded';
import { loadModel } from '@gatehouse/policies/model/load';
import { testDatabase } from '../../../../db/test/test-database.ts';
import type { TestDatabase } from '../../../../db/test/test-database.ts';
import { createOrganization } from '../../accounts/create-organization.ts';
import { createPerson } from '../../accounts/create-person.ts';
import type { Vouched } from './vouched.ts';
import type { Profile } from './profile.ts';
import { profileIn } from './profile.ts';
import { provisionPerson } from './provision-person.ts';
import { corp, testClock } from './test/world.ts';
import { vouchedPeople } from './vouched-people.ts';

let test: TestDatabase;
let engine: EmbeddedEngine;
beforeAll(async () => {
  test = await testDatabase();
  const { model } = await loadModel(fileURLToPath(new URL('../../../../policies/model', import.meta.url)));
  engine = await embedded({ model, store: tupleStore(test.database) });
});
afterAll(() => test.remove());

const clock = testClock();
const issuer = { ...corp, provision: true, scopes: ['content:read'] };
const nobody: Profile = { username: undefined, name: undefined, email: undefined };

let subjects = 0;
const vouched = (profile: Partial<Profile> | undefined, changed: Partial<Vouched> = {}): Vouched => {
  subjects += 1;
  return { issuer, subject: `sub-${subjects}`, profile: profile && { ...nobody, ...profile }, ...changed };
};

const provision = () => provisionPerson({ database: test.database, mutate: engine.mutate });
/** A resolver with nothing in its memory. */
const people = (parts: Partial<Parameters<typeof vouchedPeople>[0]> = {}) =>
  vouchedPeople({ db: test.database.db, provision: provision(), clock, ...parts });

const everything = async () => {
  const tables = [slugs, userProfiles, userEmails, accounts, jwtSubjects, tuple, auditEvents];
  return Promise.all(tables.map((table) => test.database.db.$count(table)));
};

describe('a subject that was never seen', () => {
  it('is nobody, and nothing is written, where people are not made', async () => {
    const before = await everything();
    expect(await people()(vouched(undefined))).toBeUndefined();
    expect(await everything()).toEqual(before);
  });

  it('becomes a person with an account of the same name, who owns it at once', async () => {
    const one = vouched({ username: 'Zoë.Smith@corp.example', name: 'Zoë Smith' });
    const principal = (await people()(one))!;
    expect(principal).toEqual({
      subject: expect.stringMatching(/^user:usr_[0-9a-z]{26}$/),
      name: 'zoe-smith',
      home: { id: expect.stringMatching(/^acc_/), slug: 'zoe-smith' },
      fixedToHome: false,
      hasSeveralAccounts: false,
      credential: 'jwt:corp',
      scopes: ['content:read'],
    });
    const object = `organization:${principal.home.id}` as const;
    const owns = engine.check({ subject: principal.subject, relation: 'can_view', object, consistency: 'fresh' });
    expect(owns).toMatchObject({ verdict: 'allowed' });
    expect(await findPerson(test.database.db, 'zoe-smith')).toMatchObject({ name: 'Zoë Smith', home: principal.home });
  });

  it('leaves an audit row that says who vouched for it', async () => {
    const one = vouched({ username: 'audited' });
    const { home, subject } = (await people()(one))!;
    const rows = await test.database.db.select().from(auditEvents).where(eq(auditEvents.accountId, home.id));
    expect(rows).toMatchObject([{ actor: 'system:jwt', action: 'user.provisioned', target: subject }]);
    expect(await verifyAudit(test.database.db, home.id)).toEqual({ kind: 'intact', events: 1 });
  });

  it('is the same person ever after, also to a gateway that was started anew', async () => {
    const one = vouched({ username: 'same' });
    const first = await people()(one);
    expect(await people()({ ...one, profile: undefined })).toEqual(first);
    const { model } = await loadModel(fileURLToPath(new URL('../../../../policies/model', import.meta.url)));
    const restarted = await embedded({ model, store: tupleStore(test.database) });
    const object = `organization:${first!.home.id}` as const;
    expect(
      restarted.check({ subject: first!.subject, relation: 'can_view', object, consistency: 'fresh' }),
    ).toMatchObject({ verdict: 'allowed' });
  });

  it('of another issuer is another person, however alike they are', async () => {
    const one = vouched({ username: 'twin' });
    const elsewhere = { ...one, issuer: { ...issuer, name: 'other', issuer: 'https://other.example' } };
    const [here, there] = [await people()(one), await people()(elsewhere)];
    expect(here!.subject).not.toBe(there!.subject);
    expect([here!.name, there!.name]).toEqual(['twin', 'twin-2']);
    expect(there!.credential).toBe('jwt:other');
  });

  it.each([2, 20])(
    'becomes one person when it comes %d times at once, through gateways that know nothing of each other',
    async (times) => {
      const one = vouched({ username: 'racing' });
      const before = await everything();
      const found = await Promise.all(Array.from({ length: times }, async () => people()(one)));
      expect(new Set(found.map((principal) => principal?.subject)).size).toBe(1);
      const written = (await everything()).map((count, index) => count - before[index]!);
      expect(written).toEqual([1, 1, 0, 1, 1, 4, 1]);
    },
  );

  it('gets a name of its own when many of one name come at once', async () => {
    const same = Array.from({ length: 12 }, () => vouched({ username: 'popular' }));
    const found = await Promise.all(same.map(async (one) => people()(one)));
    const names = found.map((principal) => principal!.name);
    expect(new Set(names).size).toBe(12);
    expect(names.slice(0, 3)).toEqual(['popular', 'popular-2', 'popular-3']);
    expect(names.every((name) => /^popular(-\d+)?$/.test(name))).toBe(true);
  });

  it('is tried again when another replica took the name between looking and writing', async () => {
    let attempts = 0;
    const racing = {
      transaction: (async (work) =>
        test.database.transaction(async (tx) => {
          attempts += 1;
          // What the other replica would have caused: the table of slugs refuses.
          if (attempts === 1) await tx.insert(slugs).values({ slug: 'popular', holder: 'usr_other' });
          return work(tx);
        })) as typeof test.database.transaction,
    };
    const found = await people({ provision: provisionPerson({ database: racing, mutate: engine.mutate }) })(
      vouched({ username: 'late' }),
    );
    expect(found).toMatchObject({ name: 'late' });
    expect(attempts).toBe(2);
  });

  it('is not made by halves: what cannot be written leaves nothing, and is no verdict', async () => {
    const before = await everything();
    const refusing = vouched({ username: 'halves' }, { subject: 'not#a#subject' });
    await expect(people()(refusing)).rejects.toMatchObject({ cause: { constraint: 'jwt_subjects_subject_form' } });
    expect(await everything()).toEqual(before);
    // The next one is not held up.
    expect(await people()(vouched({ username: 'halves' }))).toMatchObject({ name: 'halves' });
  });
});

describe('the name of a person that an issuer vouches for', () => {
  const names: readonly (readonly [claimed: string | undefined, name: RegExp])[] = [
    ['olga', /^olga$/],
    ['OLGA', /^olga-\d$/],
    ['Łukasz Żółć', /^ukasz-zo-c$/],
    ['first.last@corp.example', /^first-last$/],
    ['auth0|12345', /^auth0-12345$/],
    ['--x--y--', /^x-y$/],
    ['a'.repeat(100), /^a{32}$/],
    [`${'b'.repeat(31)}..c`, /^b{31}$/],
    ['admin', /^person(-\d+)?$/],
    ['Gatehouse', /^person(-\d+)?$/],
    ['r00t', /^person(-\d+)?$/],
    ['x', /^person(-\d+)?$/],
    ['', /^person(-\d+)?$/],
    ['李雷', /^person(-\d+)?$/],
    ["'; drop table slugs; --", /^drop-table-slugs$/],
    [undefined, /^person(-\d+)?$/],
  ];
  it.each(names)('is made of %j', async (username, name) => {
    expect((await people()(vouched({ username })))!.name).toMatch(name);
  });

  it.each([
    ['Ann\u202Enimda\n<b>', 'Ann nimda <b>'],
    ['  Ann \t Smith ', 'Ann Smith'],
    ['x'.repeat(1_000), 'x'.repeat(200)],
    ['\u{1F600}'.repeat(300), '\u{1F600}'.repeat(200)],
    ['\uD800\u0000', 'shown'],
    [' ', 'shown'],
  ])('is shown in one line: %j', async (name, shown) => {
    const principal = (await people()(vouched({ name, username: `shown${subjects}` })))!;
    const person = await findPerson(test.database.db, principal.name);
    expect(person!.name).toBe(shown === 'shown' ? principal.name : shown);
  });
});

describe('the address of a person that an issuer vouches for', () => {
  const claims = (email: unknown, verified: unknown) => ({
    email,
    email_verified: verified,
    preferred_username: 'mailed',
  });
  const rows: readonly (readonly [string, object, boolean | undefined])[] = [
    ['counts when the issuer verified it', claims('A@corp.example', true), true],
    ['is claimed when the issuer does not say so', claims('b@corp.example', undefined), false],
    ['is claimed when the issuer says no', claims('c@corp.example', false), false],
    ['is claimed when the issuer says so in words', claims('d@corp.example', 'true'), false],
    ['is claimed when somebody else has verified it', claims('a@CORP.example', true), false],
    ['is left out when it is none', claims('corp.example', true), undefined],
    ['is left out when it is two', claims('a@corp.example, b@corp.example', true), undefined],
    ['is left out when it is no text', claims(['e@corp.example'], true), undefined],
    ['is left out when it is beyond ASCII', claims('é@corp.example', true), undefined],
    ['is left out when it is too long', claims(`${'x'.repeat(250)}@corp.example`, true), undefined],
    ['is left out when there is none', claims(undefined, true), undefined],
  ];
  it.each(rows)('%s', async (_, claimed, isVerified) => {
    const { subject } = (await people()(vouched(profileIn(claimed as Record<string, unknown>, corp.claims))))!;
    const stored = await test.database.db
      .select()
      .from(userEmails)
      .where(eq(userEmails.userId, subject.slice('user:'.length)));
    expect(stored.map(({ verifiedAt }) => verifiedAt !== null)).toEqual(isVerified === undefined ? [] : [isVerified]);
  });

  it('never makes a subject one of the people who are there', async () => {
    const { database } = test;
    const olga = await database.transaction((tx) =>
      createPerson(tx, { username: 'olga-k', name: 'Olga', email: 'olga@acme.example' }),
    );
    const found = await people()(
      vouched({ username: 'olga-k', email: { address: 'olga@acme.example', isVerified: true } }),
    );
    expect(found!.subject).not.toBe(`user:${olga.userId}`);
    expect(found!.name).toBe('olga-k-2');
    expect(await findPerson(database.db, 'olga@acme.example')).toMatchObject({ username: 'olga-k' });
  });
});

describe('a person whose subject is known', () => {
  let one: Vouched;
  beforeEach(async () => {
    one = vouched({ username: 'known' });
    await people()(one);
  });
  const homeOf = async () => (await people()(one))!.home.id;

  it.each(['suspended', 'deleting', 'purged'] as const)(
    'may not act when the account is %s, and is not made anew',
    async (status) => {
      const { db } = test.database;
      await db
        .update(accounts)
        .set({ status })
        .where(eq(accounts.id, await homeOf()));
      const before = await everything();
      expect(await people()(one)).toBeUndefined();
      expect(await everything()).toEqual(before);
    },
  );

  it('is not believed for longer than two seconds', async () => {
    const find = people();
    const home = await homeOf();
    const principal = await find(one);
    expect(find(one)).toEqual(principal);
    await test.database.db.update(accounts).set({ status: 'suspended' }).where(eq(accounts.id, home));
    expect(find(one)).toEqual(principal);
    clock.pass(2_000);
    expect(await find(one)).toBeUndefined();
  });

  it('has several accounts as soon as there is a membership', async () => {
    const { subject } = (await people()(one))!;
    const userId = subject.slice('user:'.length);
    const acme = { slug: `acme-${subjects}`, name: 'Acme', createdBy: userId };
    await test.database.transaction((tx) => createOrganization(tx, acme));
    expect(await people()(one)).toMatchObject({ hasSeveralAccounts: true });
  });

  it('is no verdict while the database cannot answer', async () => {
    const closed = await testDatabase();
    await closed.remove();
    await expect(people({ db: closed.database.db })(one)).rejects.toThrow(/./);
  });
});
