import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Forgetting } from './content-effects.ts';
import { contentWorld, diskFull, registeringBy, startEffects } from './test/world.ts';
import type { World } from './test/world.ts';

let world: World;
let started: ReturnType<typeof startEffects>;
beforeAll(async () => {
  world = await contentWorld();
});
afterAll(() => world.remove());
beforeEach(() => {
  started = startEffects(world);
});
afterEach(async () => {
  started.refuse(undefined);
  await started.effects.close();
  await world.clean();
});

const registering = (id: string, more: Parameters<typeof registeringBy>[2] = {}) => registeringBy(world, id, more);
const byRival = (id: string) =>
  registering(id, { account: { id: world.rival.accountId }, principal: { subject: `user:${world.ben.userId}` } });
const forgetting = (id: string): Forgetting => ({ ...registering(id), object: `content:quantum.algorithm/${id}` });
const spooled = () => readFileSync(world.spoolFile, 'utf8').split('\n').filter(Boolean);
const qft = 'content:quantum.algorithm/qft';
/** The gateway ends without a word and is started again. */
const restart = (): void => {
  started = startEffects(world);
};

describe('a database that refuses', () => {
  it('leaves nothing half-written, and the registration is kept and done later', async () => {
    started.refuse(diskFull);
    const pending = await started.effects.register(registering('qft'));
    expect(pending).toMatchObject({ kind: 'pending', cause: diskFull });
    expect(await world.registry()).toEqual([]);
    expect(world.may(world.ann, 'can_view', qft)).toBe(false);
    expect(await world.isInStep()).toBe(true);
    expect(started.effects.list()).toMatchObject([{ state: 'waiting', attempts: 1, why: diskFull.message }]);
    expect(spooled()).toHaveLength(1);
    expect(statSync(world.spoolFile).mode & 0o777).toBe(0o600);
    started.refuse(undefined);
    started.time.pass();
    await started.effects.close();
    expect(world.may(world.ann, 'can_delete', qft)).toBe(true);
    expect(spooled()).toEqual([]);
  });

  it('closes what was to be forgotten, with its versions, until it is', async () => {
    await started.effects.register(registering('qft'));
    started.refuse(diskFull);
    const forgotten = started.effects.forget(forgetting('qft'));
    expect(started.effects.isClosed(qft)).toBe(true);
    expect(await forgotten).toMatchObject({ kind: 'pending' });
    expect(started.effects.isClosed(qft)).toBe(true);
    expect(started.effects.isClosed('content_version:quantum.algorithm/qft@1')).toBe(true);
    expect(started.effects.isClosed('content:quantum.algorithm/qft2')).toBe(false);
    expect(started.effects.isClosed('organization:qft')).toBe(false);
    started.refuse(undefined);
    await started.effects.start();
    expect(started.effects.isClosed(qft)).toBe(false);
    expect(world.may(world.ann, 'can_view', qft)).toBe(false);
  });

  it('keeps the order of one object, and lets others pass', async () => {
    started.refuse(diskFull);
    expect(await started.effects.register(registering('qft'))).toMatchObject({ kind: 'pending' });
    expect(await started.effects.forget(forgetting('qft'))).toMatchObject({ kind: 'pending' });
    expect(await started.effects.register(byRival('qft'))).toMatchObject({ kind: 'pending' });
    started.refuse(undefined);
    expect(await started.effects.register(registering('other'))).toMatchObject({ kind: 'registered' });
    await started.effects.start();
    expect(await world.audited(world.acme.accountId)).toEqual([
      'content.registered content:quantum.algorithm/other',
      `content.registered ${qft}`,
      `content.forgotten ${qft}`,
    ]);
    expect(world.may(world.ben, 'can_delete', qft)).toBe(true);
  });

  it('is asked at once when the same object comes again', async () => {
    started.refuse(diskFull);
    await started.effects.register(registering('qft'));
    started.refuse(undefined);
    expect(await started.effects.register(registering('qft'))).toEqual({ kind: 'registered', isNew: false });
    expect(started.effects.health()).toMatchObject({ waiting: 0 });
  });
});

describe('a gateway that ends while effects wait', () => {
  it('closes their objects again before anything else, and records them in order', async () => {
    await started.effects.register(registering('old'));
    started.refuse(diskFull);
    await started.effects.forget(forgetting('old'));
    await started.effects.register(registering('new'));
    restart();
    expect(started.effects.isClosed('content:quantum.algorithm/old')).toBe(true);
    expect(started.effects.isPending('content:quantum.algorithm/new')).toBe(true);
    expect(started.effects.health()).toMatchObject({ waiting: 2 });
    await started.effects.start();
    expect(await world.registry()).toEqual([`quantum.algorithm/new ${world.acme.accountId}`]);
    expect(started.effects.isClosed('content:quantum.algorithm/old')).toBe(false);
    expect(spooled()).toEqual([]);
  });

  it('records what was lost between the answer and the commit', async () => {
    const gate = Promise.withResolvers<void>();
    void world.engine.mutate(async () => {
      await gate.promise;
      return { result: undefined };
    });
    const registered = started.effects.register(registering('qft'));
    expect(spooled()).toHaveLength(1);
    const line = readFileSync(world.spoolFile, 'utf8');
    gate.resolve();
    await registered;
    // As the file would have been found after a kill, also when the commit went through.
    writeFileSync(world.spoolFile, line);
    restart();
    await started.effects.start();
    expect(await world.registry()).toHaveLength(1);
    expect(await world.audited(world.acme.accountId)).toHaveLength(1);
  });

  it('puts lines aside that make no sense, and says so', async () => {
    started.refuse(diskFull);
    await started.effects.register(registering('qft'));
    const [good] = spooled();
    writeFileSync(world.spoolFile, `{"id":"eff_x"}\n${good}\n{"kind":"forg`);
    restart();
    expect(started.effects.list()).toHaveLength(1);
    expect(started.alarms).toEqual([expect.stringContaining('2 lines that cannot be read')]);
    expect(readFileSync(`${world.spoolFile}.unreadable`, 'utf8')).toBe('{"id":"eff_x"}\n{"kind":"forg\n');
    expect(spooled().map((line) => JSON.parse(line))).toEqual([JSON.parse(good!)]);
  });
});
