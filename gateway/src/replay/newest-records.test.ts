import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { newestRecords, recordsInLog } from './newest-records.ts';
import type { RecordedRequest } from './replay-record.ts';

describe('the newest records of a log', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-records-'));
  const log = join(folder, 'decisions.jsonl');
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const line = (index: number, padding = ''): string =>
    JSON.stringify({ method: 'GET', host: 'q.example', path: `/${index}`, padding });
  const paths = (records: readonly RecordedRequest[]): readonly string[] => records.map(({ path }) => path);

  it('come newest first, from the file before as well, without the torn ones', async () => {
    writeFileSync(`${log}.1`, `${line(1)}\n${line(2)}\n`);
    writeFileSync(log, `${line(3)}\n{"method":"GE\n${line(4)}\n"text"\n${line(5)}`);
    expect(paths(await recordsInLog(log, 10))).toEqual(['/5', '/4', '/3', '/2', '/1']);
    expect(paths(await recordsInLog(log, 2))).toEqual(['/5', '/4']);
    expect(paths(await recordsInLog(log, 4))).toEqual(['/5', '/4', '/3', '/2']);
  });

  it('are whole across the pieces that a long file is read in', async () => {
    const long = Array.from({ length: 4_000 }, (_, index) => line(index, 'ü'.repeat(index % 500)));
    rmSync(`${log}.1`, { force: true });
    writeFileSync(log, `${long.join('\n')}\n`);
    const newest = Array.from({ length: 4_000 }, (_, index) => `/${3_999 - index}`);
    expect(paths(await recordsInLog(log, 4_000))).toEqual(newest);
    expect(paths(await recordsInLog(log, 1_500))).toEqual(newest.slice(0, 1_500));
  });

  it('are none where nothing was ever decided, and it is said when a file was named', async () => {
    expect(await newestRecords(undefined, join(folder, 'none'), 10)).toEqual([]);
    await expect(recordsInLog(join(folder, 'none'), 10)).rejects.toThrow('ENOENT');
  });
});
