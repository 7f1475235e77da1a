import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { contentWorld, diskFull, registeringBy, startEffects } from '../content/test/world.ts';
import type { World } from '../content/test/world.ts';
import { importContent } from '../content/import/import-content.ts';
import { listenOnSocket } from '../listening.ts';
import { contentOperations } from './content-operations.ts';
import type { Operations } from './operations.ts';
import { socketClient } from './socket-client.ts';
import { socketServer } from './socket-server.ts';

let world: World;
let started: ReturnType<typeof startEffects>;
let server: ReturnType<typeof socketServer>;
let client: Operations;
beforeAll(async () => {
  world = await contentWorld();
});
afterAll(() => world.remove());
beforeEach(async () => {
  started = startEffects(world);
  const { effects } = started;
  const importing = importContent({
    database: world.database,
    mutate: world.engine.mutate,
    now: () => new Date(),
    isPending: effects.isPending,
  });
  // Only what is asked here is answered.
  server = socketServer(contentOperations({ effects, importContent: importing }) as Operations);
  const socket = join(world.folder, 'control.sock');
  await listenOnSocket(server, socket);
  client = socketClient(socket);
});
afterEach(async () => {
  await server.close();
  started.refuse(undefined);
  await started.effects.close();
  await world.clean();
});

const register = async (id: string): Promise<string> => {
  const answer = await started.effects.register(registeringBy(world, id));
  if (answer.kind !== 'pending' && answer.kind !== 'refused') throw new Error(`${id} did not wait`);
  return answer.id;
};

describe('effects, over the control socket', () => {
  it('are listed with what they wait for', async () => {
    expect(await client.effects()).toEqual({ kind: 'answer', effects: [] });
    started.refuse(diskFull);
    const id = await register('qft');
    expect(await client.effects()).toEqual({
      kind: 'answer',
      effects: [
        {
          id,
          kind: 'register',
          object: 'content:quantum.algorithm/qft',
          accountId: world.acme.accountId,
          actor: `user:${world.ann.userId}`,
          requestId: 'req_1',
          at: '2026-11-20T00:00:00.000Z',
          state: 'waiting',
          attempts: 1,
          why: diskFull.message,
        },
      ],
    });
  });

  it('are tried again, with what comes of it', async () => {
    started.refuse(diskFull);
    const id = await register('qft');
    expect(await client.retryEffect({ id })).toMatchObject({ outcome: 'waiting', message: diskFull.message });
    started.refuse(undefined);
    expect(await client.retryEffect({ id })).toEqual({ kind: 'answer', outcome: 'done' });
    expect(await client.retryEffect({ id })).toMatchObject({ kind: 'refused', message: expect.stringContaining(id) });
  });

  it('are refused again as long as the reason holds, and can be discarded', async () => {
    await world.setStatus(world.acme.accountId, 'suspended');
    const id = await register('qft');
    const behind = await register('qft');
    expect(await client.retryEffect({ id })).toMatchObject({ outcome: 'blocked' });
    expect(await client.retryEffect({ id: behind })).toMatchObject({ kind: 'refused' });
    expect(await client.discardEffect({ id: behind })).toEqual({ kind: 'answer' });
    expect(await client.discardEffect({ id })).toEqual({ kind: 'answer' });
    expect(await client.discardEffect({ id })).toMatchObject({ kind: 'refused' });
    expect(await client.effects()).toEqual({ kind: 'answer', effects: [] });
  });

  it('are dropped when the object has become another account’s', async () => {
    started.refuse(diskFull);
    const id = await register('qft');
    started.refuse(undefined);
    const row = { line: 1, app: 'quantum', kind: 'algorithm', id: 'qft', account: 'rival' };
    expect(await client.importContent({ dryRun: false, rows: [row] })).toMatchObject({
      verdicts: [{ kind: 'refused', reason: 'pending_effect' }],
    });
    const direct = importContent({
      database: world.database,
      mutate: world.engine.mutate,
      now: () => new Date(),
      isPending: () => false,
    });
    await direct({ dryRun: false, rows: [row] });
    expect(await client.retryEffect({ id })).toMatchObject({ kind: 'answer', outcome: 'dropped' });
    expect(started.alarms).toHaveLength(1);
  });
});

describe('rows, over the control socket', () => {
  it('are imported, 200 of the longest at once', async () => {
    const title = '😀'.repeat(200);
    const rows = Array.from({ length: 200 }, (_, at) => ({
      line: at + 1,
      app: 'quantum',
      kind: 'algorithm',
      id: `${at}`.padStart(180, 'x'),
      account: 'acme',
      title,
      created_by: 'ann@x.example',
    }));
    const answer = await client.importContent({ dryRun: false, rows });
    expect(answer.kind === 'answer' && answer.verdicts.every(({ kind }) => kind === 'created')).toBe(true);
    expect(await world.registry()).toHaveLength(200);
  });

  const refused = [
    ['more than a batch', { dryRun: false, rows: Array.from({ length: 201 }, () => ({})) }],
    ['a row without an account', { dryRun: false, rows: [{ line: 1, app: 'q', kind: 'k', id: '1' }] }],
    ['no word about writing', { rows: [] }],
  ] as const;
  it.each(refused)('are refused with %s', async (_, asked) => {
    expect(await client.importContent(asked as never)).toMatchObject({ kind: 'refused' });
    expect(await world.registry()).toEqual([]);
  });
});
