import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isMountingAllowed, mountMemory } from '../test/mount.ts';
import { scenario } from '../test/scenario.ts';
import { lockFolder } from './folder-lock.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-lock-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const locked = (path: string) => {
  const lock = lockFolder(path);
  if (lock.kind !== 'locked') throw new Error(`expected the lock, got ${lock.kind}`);
  return lock;
};

describe('the lock of a data folder', () => {
  it('makes the folder, for its owner alone', async () => {
    const made = join(folder, 'some', 'where');
    locked(made).release();
    expect((await stat(made)).mode & 0o777).toBe(0o700);
  });

  it('is taken while this process holds it, and free after', () => {
    const lock = locked(folder);
    expect(lockFolder(folder)).toEqual({ kind: 'taken' });
    lock.release();
    locked(folder).release();
  });

  it('is taken for another process, also when it tries twice', async () => {
    const lock = locked(folder);
    for (const attempt of ['first', 'second'])
      expect([attempt, ...(await scenario('lock', [folder]).rest())]).toEqual([attempt, 'taken']);
    lock.release();
    const other = scenario('lock', [folder]);
    expect(await other.line()).toBe('locked');
    await other.kill();
  });

  it('is freed by the kernel when its holder is killed', async () => {
    const other = scenario('lock', [folder]);
    expect(await other.line()).toBe('locked');
    expect(lockFolder(folder)).toEqual({ kind: 'taken' });
    await other.kill();
    locked(folder).release();
  });
});

describe('a folder that cannot be locked', () => {
  it('is not a folder', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    expect(lockFolder(file)).toMatchObject({ kind: 'unusable', reason: 'not-a-folder' });
    expect(lockFolder(join(file, 'below'))).toMatchObject({ kind: 'unusable', reason: 'not-a-folder' });
  });

  it('is where nobody can make one', () => {
    expect(lockFolder('/proc/gatehouse/data')).toMatchObject({ kind: 'unusable' });
  });

  it.skipIf(process.getuid?.() !== 0)('belongs to somebody else (needs root to become somebody else)', async () => {
    expect(await scenario('lock', [folder], { uid: 65_534 }).rest()).toEqual(['unusable not-writable']);
    expect(await scenario('lock', [join(folder, 'below')], { uid: 65_534 }).rest()).toEqual(['unusable not-writable']);
  });

  it.skipIf(!isMountingAllowed)('is on a file system that is read-only (needs root to mount one)', async () => {
    const memory = await mountMemory(folder, 'size=1m,ro');
    try {
      expect(lockFolder(folder)).toMatchObject({ kind: 'unusable', reason: 'not-writable' });
      expect(lockFolder(join(folder, 'below'))).toMatchObject({ kind: 'unusable', reason: 'not-writable' });
    } finally {
      await memory.unmount();
    }
  });

  it.skipIf(!isMountingAllowed)('is on a disk without room for another file (needs root to mount one)', async () => {
    const memory = await mountMemory(folder, 'size=1m,nr_inodes=1');
    try {
      expect(lockFolder(folder)).toMatchObject({ kind: 'unusable', reason: 'disk-full' });
      expect(lockFolder(join(folder, 'below'))).toMatchObject({ kind: 'unusable', reason: 'disk-full' });
    } finally {
      await memory.unmount();
    }
  });
});
