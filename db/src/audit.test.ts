import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addOrganization, addPerson } from '../test/rows.ts';
import { testDatabase } from '../test/test-database.ts';
import type { TestDatabase } from '../test/test-database.ts';
import { appendAudit, verifyAudit } from './audit.ts';
import type { AuditEvent } from './audit.ts';
import { auditBodies } from './schema/audit-bodies.ts';
import { auditEvents } from './schema/audit-events.ts';

let opened: TestDatabase;
let account: string;
let other: string;
let ann: string;
beforeAll(async () => {
  opened = await testDatabase();
  ann = (await addPerson(opened.database.db, 'ann')).userId;
  account = (await addOrganization(opened.database.db, 'acme', ann)).accountId;
  other = (await addOrganization(opened.database.db, 'rival', ann)).accountId;
});
afterAll(() => opened.remove());
beforeEach(async () => {
  const { db } = opened.database;
  await db.delete(auditBodies);
  await db.delete(auditEvents);
});

const event = (target: string, more: Partial<AuditEvent> = {}): AuditEvent => ({
  time: new Date('2026-11-20T10:00:00.123Z'),
  actor: `user:${ann}`,
  action: 'content.registered',
  target,
  ...more,
});
const append = (accountId: string, ...events: readonly AuditEvent[]) =>
  opened.database.transaction((tx) => appendAudit(tx, accountId, events));
const verify = (pageSize?: number) => verifyAudit(opened.database.db, account, pageSize);
const seqs = async (accountId: string) => {
  const rows = await opened.database.db.select().from(auditEvents).where(eq(auditEvents.accountId, accountId));
  return rows.map(({ seq }) => seq).toSorted((left, right) => left - right);
};
const numbered = (count: number) => Array.from({ length: count }, (_, at) => event(`content:q.a/${at}`));
const at = (seq: number) => and(eq(auditEvents.accountId, account), eq(auditEvents.seq, seq));
const bodyAt = (seq: number) => and(eq(auditBodies.accountId, account), eq(auditBodies.seq, seq));

describe('the audit chain', () => {
  it('numbers the events of each account without gaps, whoever writes at the same time', async () => {
    await Promise.all([
      append(account, ...numbered(3)),
      append(other, ...numbered(2)),
      append(account, ...numbered(2)),
      append(account, ...numbered(1)),
    ]);
    expect(await seqs(account)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await seqs(other)).toEqual([1, 2]);
    expect(await verify()).toEqual({ kind: 'intact', events: 6 });
  });

  it('leaves no gap when a transaction is rolled back', async () => {
    await append(account, event('content:q.a/1'));
    const undone = opened.database.transaction(async (tx) => {
      await appendAudit(tx, account, [event('content:q.a/2')]);
      throw new Error('undo');
    });
    await expect(undone).rejects.toThrow('undo');
    await append(account, event('content:q.a/3'));
    expect(await seqs(account)).toEqual([1, 2]);
    expect(await verify()).toEqual({ kind: 'intact', events: 2 });
  });

  it('keeps every field, and what was before and after', async () => {
    const full = {
      tokenId: 'tok_1',
      impersonator: 'user:usr_1',
      permission: 'can_create_content',
      ip: '::1',
      requestId: 'req_1',
    };
    await append(account, event('content:q.a/1', { ...full, before: { title: 'Äpfel' }, after: null }));
    const [row] = await opened.database.db.select().from(auditEvents);
    expect(row).toMatchObject({ ...full, time: new Date('2026-11-20T10:00:00.123Z'), seq: 1 });
    const [body] = await opened.database.db.select().from(auditBodies);
    expect(body).toMatchObject({ before: '{"title":"Äpfel"}', after: 'null' });
    expect(await verify()).toEqual({ kind: 'intact', events: 1 });
  });

  it('is verified in pages, an empty one as well', async () => {
    expect(await verify()).toEqual({ kind: 'intact', events: 0 });
    await append(account, ...numbered(6));
    for (const pageSize of [1, 2, 3, 6, 7]) expect(await verify(pageSize)).toEqual({ kind: 'intact', events: 6 });
  });

  it('stays intact when a body is redacted', async () => {
    await append(account, event('content:q.a/1', { after: { name: 'Ann' } }), event('content:q.a/2'));
    await opened.database.db
      .update(auditBodies)
      .set({ salt: null, before: null, after: null, redactedAt: new Date() })
      .where(bodyAt(1));
    expect(await verify()).toEqual({ kind: 'intact', events: 2 });
  });

  const forgeries: readonly [string, number, string, () => Promise<unknown>][] = [
    [
      'a changed target',
      2,
      'changed',
      async () => opened.database.db.update(auditEvents).set({ target: 'x:y' }).where(at(2)),
    ],
    [
      'a changed time',
      1,
      'changed',
      async () =>
        opened.database.db
          .update(auditEvents)
          .set({ time: new Date(0) })
          .where(at(1)),
    ],
    [
      'a changed actor',
      3,
      'changed',
      async () => opened.database.db.update(auditEvents).set({ actor: 'user:x' }).where(at(3)),
    ],
    [
      'a field moved to its neighbour',
      2,
      'changed',
      async () => opened.database.db.update(auditEvents).set({ tokenId: null, impersonator: 'tok_1' }).where(at(2)),
    ],
    [
      'a changed body',
      3,
      'body',
      async () => opened.database.db.update(auditBodies).set({ after: '"no"' }).where(bodyAt(3)),
    ],
    ['a removed body', 3, 'body', async () => opened.database.db.delete(auditBodies).where(bodyAt(3))],
    ['a removed event', 3, 'gap', async () => opened.database.db.delete(auditEvents).where(at(2))],
    [
      "a hash that is not the row's",
      1,
      'changed',
      async () =>
        opened.database.db
          .update(auditEvents)
          .set({ hash: new Uint8Array(32) })
          .where(at(1)),
    ],
  ];
  it.each(forgeries.map(([name, seq, why, forge]) => ({ name, seq, why, forge })))(
    'shows $name at $seq as $why',
    async ({ seq, why, forge }) => {
      await append(account, event('a:1'), event('a:2', { tokenId: 'tok_1' }), event('a:3', { after: 'yes' }));
      await forge();
      expect(await verify()).toEqual({ kind: 'broken', seq, why });
    },
  );
});
