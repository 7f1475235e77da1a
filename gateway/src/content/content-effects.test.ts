import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addMember } from '../accounts/add-member.ts';
import type { Forgetting } from './content-effects.ts';
import { contentWorld, registeringBy, startEffects } from './test/world.ts';
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

describe('registering content', () => {
  it('decides the next request by it, for everybody in its workspace and nobody else', async () => {
    expect(world.may(world.ann, 'can_delete', qft)).toBe(false);
    expect(await started.effects.register(registering('qft', { title: 'QFT' }))).toEqual({
      kind: 'registered',
      isNew: true,
    });
    expect(world.may(world.ann, 'can_delete', qft)).toBe(true);
    expect(world.may(world.cleo, 'can_view', qft)).toBe(true);
    expect(world.may(world.cleo, 'can_edit', qft)).toBe(false);
    expect(world.may(world.ben, 'can_view', qft)).toBe(false);
    expect(await world.registry()).toEqual([`quantum.algorithm/qft ${world.acme.accountId}`]);
    expect(await world.audited(world.acme.accountId)).toEqual([`content.registered ${qft}`]);
    expect(await world.intact(world.acme.accountId)).toBe(true);
    expect(await world.isInStep()).toBe(true);
    expect(spooled()).toEqual([]);
  });

  it('opens private content to the owners of the workspace and to whom it is granted', async () => {
    const cleo = { principal: { subject: `user:${world.cleo.userId}` as const }, isPrivate: true };
    await started.effects.register(registering('mine', { ...cleo, granting: 'maintainer' }));
    await started.effects.register(registering('locked', cleo));
    expect(world.may(world.cleo, 'can_edit', 'content:quantum.algorithm/mine')).toBe(true);
    expect(world.may(world.cleo, 'can_delete', 'content:quantum.algorithm/mine')).toBe(false);
    expect(world.may(world.cleo, 'can_view', 'content:quantum.algorithm/locked')).toBe(false);
    expect(world.may(world.ann, 'can_delete', 'content:quantum.algorithm/locked')).toBe(true);
  });

  it('makes a machine maintainer where people become owners', async () => {
    const robot = { principal: { subject: 'service_account:svc_01jd00000000000000000000aa' as const } };
    await started.effects.register(registering('qft', { ...robot, granting: 'owner', isPrivate: true }));
    const tuples = world.engine.read({ object: qft }).map(({ subject, relation }) => `${subject} ${relation}`);
    expect(tuples).toContain('service_account:svc_01jd00000000000000000000aa maintainer');
  });

  it('writes nothing when the same account registers the same id again, and grants nothing', async () => {
    await started.effects.register(registering('qft'));
    const cleo = { subject: `user:${world.cleo.userId}` as const };
    const again = registering('qft', { principal: cleo, granting: 'owner', isPrivate: true });
    expect(await started.effects.register(again)).toEqual({ kind: 'registered', isNew: false });
    expect(world.may(world.cleo, 'can_delete', qft)).toBe(false);
    expect(world.may(world.cleo, 'can_view', qft)).toBe(true);
    expect(await world.audited(world.acme.accountId)).toHaveLength(1);
  });

  it('refuses the id of another account, writes nothing and raises the alarm', async () => {
    await started.effects.register(registering('qft'));
    expect(await started.effects.register(byRival('qft'))).toEqual({ kind: 'already-registered' });
    expect(world.may(world.ben, 'can_view', qft)).toBe(false);
    expect(world.may(world.ann, 'can_delete', qft)).toBe(true);
    expect(await world.audited(world.rival.accountId)).toEqual([]);
    expect(started.effects.health()).toMatchObject({ waiting: 0, alreadyRegistered: 1 });
    expect(started.alarms).toEqual([expect.stringContaining(`${qft} belongs to another account`)]);
    expect(started.alarms[0]).toContain(world.rival.accountId);
  });

  it('lets exactly one of two accounts win that race for an id', async () => {
    const ids = Array.from({ length: 20 }, (_, at) => `race-${at}`);
    const asked = ids.flatMap((id, at) =>
      at % 2 === 0 ? [registering(id), byRival(id)] : [byRival(id), registering(id)],
    );
    const answers = await Promise.all(asked.map(started.effects.register));
    for (let at = 0; at < answers.length; at += 2)
      expect(answers.slice(at, at + 2).map(({ kind }) => kind)).toEqual(['registered', 'already-registered']);
    expect(await world.registry()).toHaveLength(ids.length);
    expect(await world.isInStep()).toBe(true);
    expect(await world.intact(world.acme.accountId)).toBe(true);
    expect(await world.intact(world.rival.accountId)).toBe(true);
  });

  it('gives new content nothing of what an earlier object with its id had', async () => {
    const left = [
      { subject: `user:${world.ben.userId}` as const, relation: 'owner', object: qft as 'content:x' },
      { subject: qft as 'content:x', relation: 'content', object: 'content_version:quantum.algorithm/qft@1' as const },
    ];
    await world.engine.write({ writes: left, deletes: [] });
    await started.effects.register(registering('qft'));
    expect(world.may(world.ben, 'can_delete', qft)).toBe(false);
    expect(world.engine.read({ object: 'content_version:quantum.algorithm/qft@1' })).toEqual([]);
  });

  const malformed = ['', 'a b', 'a@1', 'a:b', 'a#b', '*', 'ä', 'x'.repeat(201)];
  it.each(malformed)('refuses the id %j, keeps nothing of it', async (id) => {
    expect(await started.effects.register(registering(id))).toMatchObject({ kind: 'malformed' });
    expect(await world.registry()).toEqual([]);
    expect(started.effects.list()).toEqual([]);
  });

  it('keeps a title as one line of at most 200 characters', async () => {
    const title = `a\n\tb\u0000 ${'😀'.repeat(3_000_000)}`;
    expect(await started.effects.register(registering('qft', { title }))).toMatchObject({ kind: 'registered' });
    expect(await started.effects.register(registering('blank', { title: ' \n ' }))).toMatchObject({
      kind: 'registered',
    });
    const [row] = await world.database.db.select().from((await import('@gatehouse/db/schema/contents')).contents);
    expect(row?.title).toBe(`a b ${'😀'.repeat(196)}`);
  });
});

describe('registering for an account that cannot take content', () => {
  it('is refused, kept, and done when an operator tries it again after the reason has gone', async () => {
    await world.setStatus(world.acme.accountId, 'suspended');
    const refused = await started.effects.register(registering('qft'));
    expect(refused).toMatchObject({ kind: 'refused', message: `the account ${world.acme.accountId} is suspended` });
    expect(started.effects.health()).toMatchObject({ waiting: 1, blocked: 1 });
    expect(started.time.delays()).toEqual([]);
    await world.setStatus(world.acme.accountId, 'active');
    if (refused.kind !== 'refused') return;
    expect(await started.effects.retry(refused.id)).toMatchObject({ kind: 'done', outcome: { isNew: true } });
    expect(world.may(world.ann, 'can_delete', qft)).toBe(true);
    expect(started.effects.health()).toMatchObject({ waiting: 0 });
    expect(spooled()).toEqual([]);
  });

  it('can be discarded, and stands in the audit chain as that', async () => {
    await world.setStatus(world.acme.accountId, 'suspended');
    const refused = await started.effects.register(registering('qft'));
    const behind = await started.effects.register(registering('qft'));
    expect(behind).toMatchObject({ kind: 'pending' });
    if (refused.kind !== 'refused' || behind.kind !== 'pending') throw new Error('expected both to be kept');
    expect(await started.effects.retry(behind.id)).toBeUndefined();
    expect(await started.effects.discard(behind.id)).toEqual({ kind: 'discarded' });
    expect(await started.effects.discard(refused.id)).toEqual({ kind: 'discarded' });
    expect(await started.effects.discard(refused.id)).toEqual({ kind: 'not-found' });
    expect(await world.audited(world.acme.accountId)).toEqual(Array(2).fill(`content.effect_discarded ${qft}`));
    expect(spooled()).toEqual([]);
  });
});

describe('forgetting content', () => {
  it('takes away row, grants and versions in one step', async () => {
    await started.effects.register(registering('qft'));
    const shared = [
      { subject: 'user:*' as const, relation: 'viewer', object: qft as 'content:x' },
      { subject: qft as 'content:x', relation: 'content', object: 'content_version:quantum.algorithm/qft@1' as const },
    ];
    await world.engine.write({ writes: shared, deletes: [] });
    expect(world.may(world.ben, 'can_view', qft)).toBe(true);
    expect(await started.effects.forget(forgetting('qft'))).toEqual({ kind: 'forgotten', existed: true });
    expect(world.may(world.ben, 'can_view', qft)).toBe(false);
    expect(world.may(world.ann, 'can_view', qft)).toBe(false);
    expect(world.engine.read({ object: 'content_version:' })).toEqual([]);
    expect(await world.registry()).toEqual([]);
    expect(await world.audited(world.acme.accountId)).toEqual([
      `content.registered ${qft}`,
      `content.forgotten ${qft}`,
    ]);
    expect(await world.intact(world.acme.accountId)).toBe(true);
    expect(started.effects.isClosed(qft)).toBe(false);
  });

  it('is a success without a trace when nothing is known of it', async () => {
    expect(await started.effects.forget(forgetting('nothing'))).toEqual({ kind: 'forgotten', existed: false });
    expect(await world.audited(world.acme.accountId)).toEqual([]);
  });

  it('is audited in the account that the content belonged to', async () => {
    await started.effects.register(byRival('qft'));
    await started.effects.forget(forgetting('qft'));
    expect(await world.audited(world.rival.accountId)).toContain(`content.forgotten ${qft}`);
    expect(await world.audited(world.acme.accountId)).toEqual([]);
  });

  it('leaves the id free for another account', async () => {
    await started.effects.register(registering('qft'));
    await started.effects.forget(forgetting('qft'));
    expect(await started.effects.register(byRival('qft'))).toMatchObject({ kind: 'registered' });
    expect(world.may(world.ann, 'can_view', qft)).toBe(false);
    expect(world.may(world.ben, 'can_delete', qft)).toBe(true);
  });
});

describe('members that come later', () => {
  it('reach registered content as well', async () => {
    await started.effects.register(registering('qft'));
    const tuples = await world.database.transaction((tx) =>
      addMember(tx, { accountId: world.acme.accountId, userId: world.ben.userId, role: 'viewer', source: 'invited' }),
    );
    await world.engine.write({ writes: tuples, deletes: [] });
    expect(world.may(world.ben, 'can_view', qft)).toBe(true);
  });
});
