import { readdir, rm } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { testFolder } from '../../test/test-database.ts';
import { connection } from './connection.ts';
import { link } from './link.ts';
import { maintenance } from './maintenance.ts';

it('keeps log and tables from growing for as long as the process runs', { timeout: 30_000 }, async () => {
  const folder = await testFolder();
  const worker = link(`${folder}/pg`);
  await worker.opened;
  const session = connection(worker);
  const upkeep = maintenance(session, { writtenBytesMax: 4 * 1024 * 1024 });
  const segments = async () =>
    (await readdir(`${folder}/pg/pg_wal`)).filter((name) => /^[0-9A-F]{24}$/.test(name)).length;
  expect(await upkeep.run()).toBe(false);
  await session.exec(`create table filler (text text)`);
  const counts: number[] = [];
  for (let round = 0; round < 4; round += 1) {
    await session.exec('insert into filler select md5(n::text) from generate_series(1, 40000) n');
    await session.exec('delete from filler');
    expect(await upkeep.run()).toBe(true);
    expect(await upkeep.run()).toBe(false);
    counts.push(await segments());
  }
  // Four times as much was written, and the pieces of the first round are used again.
  expect(Math.max(...counts)).toBeLessThanOrEqual((counts[0] ?? 0) * 1.5);
  const { rows } = await session.query(`select pg_relation_size('filler')::int as bytes`);
  expect(rows).toEqual([{ bytes: 0 }]);
  upkeep.stop();
  await session.close();
  await rm(folder, { recursive: true });
});
