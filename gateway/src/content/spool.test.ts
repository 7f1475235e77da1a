import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isMountingAllowed, mountMemory } from '../../../db/test/mount.ts';
import { openSpool } from './spool.ts';

type Item = { readonly id: string; readonly text: string };

let folder: string;
let file: string;
let alarms: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-spool-'));
  file = join(folder, 'pending.jsonl');
  alarms = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const read = (json: unknown): Item | undefined =>
  typeof json === 'object' && json !== null && 'id' in json && 'text' in json ? (json as Item) : undefined;
const open = () => openSpool<Item>({ file, read, alarm: (message) => alarms.push(message) });
const item = (id: string, text = 'x'): Item => ({ id, text });
const left = () => open().left.map(({ id }) => id);

describe('the journal', () => {
  it('gives a later process what is not done, in the order of adding', () => {
    const { spool } = open();
    for (const id of ['a', 'b', 'c', 'd']) spool.add(item(id));
    spool.done('b');
    spool.done('unknown');
    expect(left()).toEqual(['a', 'c', 'd']);
    expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(4);
  });

  it('is empty when everything is done, and for its owner only', async () => {
    const { spool } = open();
    spool.add(item('a'));
    await spool.sync();
    spool.add(item('b'));
    spool.done('a');
    spool.done('b');
    expect(readFileSync(file, 'utf8')).toBe('');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    spool.add(item('c'));
    expect(left()).toEqual(['c']);
    spool.close();
  });

  it('does not grow for ever while something waits', () => {
    const { spool } = open();
    spool.add(item('waits'));
    for (let round = 0; round < 40; round += 1) {
      spool.add(item(`${round}`, 'x'.repeat(100_000)));
      spool.done(`${round}`);
    }
    expect(statSync(file).size).toBeLessThan(1_500_000);
    expect(left()).toEqual(['waits']);
  });

  it('never rejects when the disk is gone, and says so', async () => {
    const { spool } = open();
    rmSync(folder, { recursive: true });
    await expect(spool.sync()).resolves.toBeUndefined();
    spool.add(item('a'));
    await expect(spool.sync()).resolves.toBeUndefined();
    expect(alarms.join()).toContain('what waits is kept in memory');
  });

  it('puts a torn line aside', () => {
    writeFileSync(file, '{"id":"a","text":"x"}\n{"id":"b","te');
    expect(left()).toEqual(['a']);
    expect(alarms).toHaveLength(1);
    expect(readFileSync(`${file}.unreadable`, 'utf8')).toBe('{"id":"b","te\n');
  });

  it('says when it cannot be read at all', () => {
    rmSync(folder, { recursive: true });
    writeFileSync(folder, 'no folder');
    expect(open).toThrow('ENOTDIR');
  });

  it.runIf(isMountingAllowed)(
    'keeps in memory what a full disk refuses, and writes it when there is space',
    async () => {
      const disk = await mountMemory(folder, 'size=64k');
      try {
        const { spool } = open();
        spool.add(item('before'));
        writeFileSync(join(folder, 'ballast'), Buffer.alloc(56 << 10));
        for (let at = 0; at < 30; at += 1) spool.add(item(`kept-${at}`, 'x'.repeat(1_000)));
        expect(spool.failure()).toMatchObject({ code: 'ENOSPC' });
        await spool.sync();
        expect(alarms).toEqual([expect.stringContaining('cannot be written')]);
        spool.done('kept-0');
        rmSync(join(folder, 'ballast'));
        await spool.sync();
        expect(spool.failure()).toBeUndefined();
        spool.close();
        expect(left()).toEqual(['before', ...Array.from({ length: 29 }, (_, at) => `kept-${at + 1}`)]);
      } finally {
        await disk.unmount();
      }
    },
  );
});
