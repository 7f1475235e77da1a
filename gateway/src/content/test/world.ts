import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eq } from 'drizzle-orm';
import { verifyAudit } from '@gatehouse/db/audit';
import type { Database } from '@gatehouse/db/client';
import { accounts } from '@gatehouse/db/schema/accounts';
import { auditBodies } from '@gatehouse/db/schema/audit-bodies';
import { auditEvents } from '@gatehouse/db/schema/audit-events';
import { contents } from '@gatehouse/db/schema/contents';
import { tuple } from '@gatehouse/db/schema/tuple';
import { tupleStore, writeTuples } from '@gatehouse/db/tuples';
import { embedded } from '@gatehouse/policies/engine/embedded/embedded';
import type { EmbeddedEngine } from '@gatehouse/policies/engine/embedded/embedded';
import type { Ref } from '@gatehouse/policies/engine/engine';
import { testDatabase } from '../../../../db/test/test-database.ts';
import { addMember } from '../../accounts/add-member.ts';
import { createOrganization } from '../../accounts/create-organization.ts';
import { createPerson } from '../../accounts/create-person.ts';
import { modelIn } from '../../load-policies.ts';
import { contentEffects } from '../content-effects.ts';
import type { ContentEffects, Registering } from '../content-effects.ts';
import { manualTimers } from './manual-timers.ts';

const policies = fileURLToPath(new URL('../../../../policies', import.meta.url));

export type World = Awaited<ReturnType<typeof contentWorld>>;

/** Two organizations with an owner, a maintainer and a viewer each, on a real database and the shipped model. */
export const contentWorld = async () => {
  const opened = await testDatabase();
  const { database } = opened;
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-content-'));
  const people = await database.transaction(async (tx) => {
    const [ann, ben] = await Promise.all(
      ['ann', 'ben'].map((username) => createPerson(tx, { username, name: username, email: `${username}@x.example` })),
    );
    const created = { name: 'x', createdBy: ann!.userId };
    const acme = await createOrganization(tx, { ...created, slug: 'acme' });
    const rival = await createOrganization(tx, { ...created, slug: 'rival', createdBy: ben!.userId });
    const cleo = await createPerson(tx, { username: 'cleo', name: 'Cleo', email: 'cleo@x.example' });
    const member = await addMember(tx, {
      accountId: acme.accountId,
      userId: cleo.userId,
      role: 'viewer',
      source: 'invited',
    });
    const all = [ann!, ben!, cleo, acme, rival].flatMap(({ tuples }) => tuples);
    await writeTuples(tx, { writes: [...all, ...member], deletes: [] });
    return { ann: ann!, ben: ben!, cleo, acme, rival };
  });
  const { model } = await modelIn(policies);
  const engine = await embedded({ model, store: tupleStore(database) });
  return {
    ...people,
    database,
    engine,
    folder,
    spoolFile: join(folder, 'pending-effects.jsonl'),
    /** Whether the person may, as the running engine sees it. */
    may: (person: { readonly userId: string }, relation: string, object: Ref) =>
      engine.check({ subject: `user:${person.userId}`, relation, object, consistency: 'fresh' }).verdict === 'allowed',
    audited: async (accountId: string) => {
      const rows = await database.db.select().from(auditEvents).where(eq(auditEvents.accountId, accountId));
      return rows.toSorted((left, right) => left.seq - right.seq).map(({ action, target }) => `${action} ${target}`);
    },
    intact: async (accountId: string) => (await verifyAudit(database.db, accountId)).kind === 'intact',
    registry: async () =>
      (await database.db.select().from(contents)).map(({ id, accountId }) => `${id} ${accountId}`).toSorted(),
    /** The index and the table hold the same. */
    isInStep: async () => {
      const stored = await database.db.$count(tuple, eq(tuple.objectType, 'content'));
      return stored === engine.read({ object: 'content:' }).length;
    },
    setStatus: async (accountId: string, status: 'active' | 'suspended') =>
      void (await database.db.update(accounts).set({ status }).where(eq(accounts.id, accountId))),
    /** Without content, audit events and journal, as it was in the beginning. */
    clean: async () => {
      const deletes = [...engine.read({ object: 'content:' }), ...engine.read({ object: 'content_version:' })];
      await engine.mutate(() =>
        database.transaction(async (tx) => {
          await tx.delete(contents);
          await tx.delete(auditBodies);
          await tx.delete(auditEvents);
          await tx.update(accounts).set({ status: 'active' });
          const change = { writes: [], deletes };
          return { result: undefined, committed: { change, revision: await writeTuples(tx, change) } };
        }),
      );
      for (const file of ['', '.unreadable']) rmSync(join(folder, `pending-effects.jsonl${file}`), { force: true });
    },
    remove: async () => {
      await opened.remove();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

export const registeringBy = (
  { acme, ann }: Pick<World, 'acme' | 'ann'>,
  externalId: string,
  more: Partial<Registering> = {},
): Registering => ({
  app: 'quantum',
  contentKind: 'algorithm',
  externalId,
  isPrivate: false,
  account: { id: acme.accountId },
  principal: { subject: `user:${ann.userId}` },
  requestId: 'req_1',
  permission: 'can_create_content',
  ...more,
});

type Started = {
  readonly effects: ContentEffects;
  readonly alarms: string[];
  readonly time: ReturnType<typeof manualTimers>;
  /** As long as it is set, every transaction of the effects is refused with it. */
  readonly refuse: (why: Error | undefined) => void;
};

export const diskFull = new Error('could not extend file: No space left on device');

/** The effects as the gateway runs them, on a database that can be told to refuse. */
export const startEffects = (world: Pick<World, 'database' | 'engine' | 'spoolFile'>): Started => {
  let why: Error | undefined;
  const alarms: string[] = [];
  const time = manualTimers();
  const transaction: Database['transaction'] = (work) =>
    world.database.transaction(async (tx) => {
      const result = await work(tx);
      // After the work, as a disk that is full refuses the commit.
      if (why !== undefined) throw why;
      return result;
    });
  const mutate: EmbeddedEngine['mutate'] = world.engine.mutate;
  const effects = contentEffects({
    database: { transaction },
    mutate,
    spoolFile: world.spoolFile,
    alarm: (message) => alarms.push(message),
    clock: { wallMs: () => Date.UTC(2026, 10, 20) },
    timers: time.timers,
    random: () => 1,
  });
  return { effects, alarms, time, refuse: (reason) => void (why = reason) };
};
