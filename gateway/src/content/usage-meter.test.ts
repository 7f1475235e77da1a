import { setImmediate } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '@gatehouse/db/client';
import { usageEvents } from '@gatehouse/db/schema/usage-events';
import { testDatabase } from '../../../db/test/test-database.ts';
import type { TestDatabase } from '../../../db/test/test-database.ts';
import { manualTimers } from './test/manual-timers.ts';
import { usageMeter } from './usage-meter.ts';
import type { Usage } from './usage-meter.ts';

let opened: TestDatabase;
beforeAll(async () => {
  opened = await testDatabase();
});
afterAll(() => opened.remove());
afterEach(async () => void (await opened.database.db.delete(usageEvents)));

const use = (requestId: string, more: Partial<Usage> = {}): Usage => ({
  metric: 'executions',
  account: { id: 'acc_1' },
  principal: { subject: 'user:usr_1', tokenId: 'tok_1' },
  requestId,
  at: new Date('2026-11-20T10:00:00.000Z'),
  ...more,
});
const stored = async () =>
  (await opened.database.db.select().from(usageEvents)).map(({ requestId }) => requestId).toSorted();
const many = (count: number) => Array.from({ length: count }, (_, at) => use(`req_${at}`));

/** `refuse`: before the statement, or after it was committed, as when the connection is lost. */
const meterOn = (limits: { batchMax?: number; waitingMax?: number } = {}) => {
  const time = manualTimers();
  const alarms: string[] = [];
  const control = { refuse: 'no' as 'no' | 'before' | 'after', statements: 0 };
  const insert: Database['db']['insert'] = (table) => {
    const builder = opened.database.db.insert(table);
    const values = (rows: never) => ({
      onConflictDoNothing: async () => {
        control.statements += 1;
        if (control.refuse === 'before') throw new Error('the disk is full');
        await builder.values(rows).onConflictDoNothing();
        if (control.refuse === 'after') throw new Error('the connection is lost');
      },
    });
    return { values } as unknown as typeof builder;
  };
  const database = { db: { ...opened.database.db, insert } };
  const meter = usageMeter({
    database,
    alarm: (message) => alarms.push(message),
    timers: time.timers,
    ...limits,
  });
  return { meter, time, alarms, control };
};

describe('the usage meter', () => {
  it('writes what was used, by whom and for which account', async () => {
    const { meter } = meterOn();
    meter.record(use('req_1', { contentId: 'quantum.algorithm/qft', workspaceId: 'wsp_1' }));
    await meter.close();
    expect(await opened.database.db.select().from(usageEvents)).toEqual([
      {
        idempotencyKey: expect.stringMatching(/^use_/),
        time: new Date('2026-11-20T10:00:00.000Z'),
        accountId: 'acc_1',
        actor: 'user:usr_1',
        tokenId: 'tok_1',
        contentId: 'quantum.algorithm/qft',
        versionId: null,
        workspaceId: 'wsp_1',
        metric: 'executions',
        quantity: 1,
        requestId: 'req_1',
      },
    ]);
  });

  it('asks the database after a second, once for many', async () => {
    const { meter, time, control } = meterOn();
    for (const usage of many(300)) meter.record(usage);
    expect(control.statements).toBe(0);
    expect(time.delays()).toEqual([1_000]);
    time.pass();
    await meter.close();
    expect(control.statements).toBe(1);
    expect(await stored()).toHaveLength(300);
  });

  it('does not wait when a batch is full, and holds back what is less than one', async () => {
    const { meter, time, control } = meterOn();
    for (const usage of many(1_100)) meter.record(usage);
    while (meter.health().waiting > 100) await setImmediate();
    expect(control.statements).toBe(2);
    await setImmediate();
    expect(time.delays()).toEqual([1_000]);
    await meter.close();
    expect(await stored()).toHaveLength(1_100);
  });

  it('loses nothing that comes while it writes, nor when it is closed at once', async () => {
    const { meter, time } = meterOn({ batchMax: 10 });
    for (const usage of many(25)) meter.record(usage);
    time.pass();
    meter.record(use('late'));
    await meter.close();
    expect(await stored()).toHaveLength(26);
    expect(meter.health()).toEqual({ waiting: 0, dropped: 0, failure: undefined });
  });

  it.each(['before', 'after'] as const)(
    'counts once what it had to send again (refused %s the commit)',
    async (when) => {
      const { meter, time, control, alarms } = meterOn();
      control.refuse = when;
      for (const usage of many(3)) meter.record(usage);
      time.pass();
      while (meter.health().failure === undefined) await setImmediate();
      expect(meter.health().waiting).toBe(3);
      await setImmediate();
      expect(time.delays()).toEqual([2_000]);
      control.refuse = 'no';
      time.pass();
      await meter.close();
      expect(await stored()).toEqual(['req_0', 'req_1', 'req_2']);
      expect(alarms).toHaveLength(1);
    },
  );

  it('drops the newest beyond its bound, loudly and counted', async () => {
    const { meter, alarms, control } = meterOn({ waitingMax: 5 });
    control.refuse = 'before';
    for (const usage of many(16)) meter.record(usage);
    expect(meter.health()).toMatchObject({ waiting: 5, dropped: 11 });
    expect(alarms).toEqual([expect.stringContaining('1 events were'), expect.stringContaining('10 events were')]);
    control.refuse = 'no';
    await meter.close();
    expect(await stored()).toEqual(['req_0', 'req_1', 'req_2', 'req_3', 'req_4']);
  });

  it('goes on after it was asked to write what was not there', async () => {
    const { meter } = meterOn();
    await meter.close();
    meter.record(use('req_1'));
    await meter.close();
    expect(await stored()).toEqual(['req_1']);
  });

  it('says what is lost when the database refuses until the end', async () => {
    const { meter, alarms, control } = meterOn();
    control.refuse = 'before';
    for (const usage of many(7)) meter.record(usage);
    await meter.close();
    expect(meter.health()).toMatchObject({ waiting: 0, dropped: 7 });
    expect(alarms.at(-1)).toContain('7 usage events are lost');
  });
});
