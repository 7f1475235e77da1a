import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isMountingAllowed, mountMemory } from '../../../db/test/mount.ts';
import { lineFile } from './line-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-lines-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const linesOf = (file: string): string[] => readFileSync(file, 'utf8').split('\n').slice(0, -1);

describe('line file', () => {
  it('writes every line, in order, by the time it is closed', async () => {
    const file = join(folder, 'log');
    const log = lineFile(file);
    const lines = Array.from({ length: 1_000 }, (_, index) => `line ${index} ü`);
    for (const line of lines) log.add(line);
    await log.close();
    expect(linesOf(file)).toEqual(lines);
  });

  it('writes without being closed', async () => {
    const file = join(folder, 'log');
    const log = lineFile(file, { flushMs: 1 });
    log.add('one');
    await vi.waitFor(() => expect(linesOf(file)).toEqual(['one']));
    log.add('two');
    await vi.waitFor(() => expect(linesOf(file)).toEqual(['one', 'two']));
    await log.close();
  });

  it('starts a new line after one that a killed process left torn', async () => {
    const file = join(folder, 'log');
    writeFileSync(file, '{"whole":1}\n{"to');
    const log = lineFile(file);
    log.add('{"next":1}');
    await log.close();
    expect(linesOf(file)).toEqual(['{"whole":1}', '{"to', '{"next":1}']);
  });

  it('bounds what is waiting, and counts what it dropped', async () => {
    const log = lineFile(join(folder, 'log'), { waitingBytesMax: 10 });
    for (const line of ['12345', '12345', '12345']) log.add(line);
    expect(log.health()).toEqual({ kind: 'writing', dropped: 2 });
    await log.close();
    expect(linesOf(join(folder, 'log'))).toEqual(['12345']);
  });

  it('starts a new file when the old one is large', async () => {
    const file = join(folder, 'log');
    appendFileSync(file, 'old\n');
    const log = lineFile(file, { fileBytesMax: 4 });
    log.add('new');
    await log.close();
    expect(linesOf(`${file}.1`)).toEqual(['old']);
    expect(linesOf(file)).toEqual(['new']);
  });

  it('goes on in the old file while there can be no new one, and says so', async () => {
    const file = join(folder, 'log');
    mkdirSync(join(`${file}.1`, 'in-the-way'), { recursive: true });
    appendFileSync(file, 'old\n');
    const log = lineFile(file, { fileBytesMax: 4, flushMs: 1 });
    log.add('new');
    await vi.waitFor(() => expect(log.health().kind).toBe('failing'));
    rmSync(`${file}.1`, { recursive: true });
    log.add('newer');
    await vi.waitFor(() => expect(log.health().kind).toBe('writing'));
    await log.close();
    expect([linesOf(`${file}.1`), linesOf(file)]).toEqual([['old', 'new'], ['newer']]);
  });

  it('throws at once when the file cannot be opened', () => {
    expect(() => lineFile(join(folder, 'absent', 'log'))).toThrow('ENOENT');
  });

  const fullDisk = 'says that the disk is full, and goes on without a torn line when there is space again';
  it.skipIf(!isMountingAllowed)(`${fullDisk} (needs root to mount a small one)`, async () => {
    const disk = await mountMemory(folder, 'size=64k');
    try {
      const file = join(folder, 'log');
      const log = lineFile(file, { flushMs: 1 });
      writeFileSync(join(folder, 'ballast'), Buffer.alloc(60_000));
      const lines = Array.from({ length: 200 }, (_, index) => `${index} ${'x'.repeat(100)}`);
      for (const line of lines) log.add(line);
      await vi.waitFor(() => expect(log.health().kind).toBe('failing'));
      rmSync(join(folder, 'ballast'));
      await vi.waitFor(() => expect(log.health().kind).toBe('writing'));
      await log.close();
      expect(linesOf(file)).toEqual(lines);
      expect(existsSync(`${file}.1`)).toBe(false);
    } finally {
      await disk.unmount();
    }
  });
});
