import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testFolder } from '../../test/test-database.ts';
import { link } from './link.ts';
import { DatabaseDied, SqlError } from './protocol.ts';

let folder: string;
beforeEach(async () => {
  folder = await testFolder();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const query = (sql: string, params: readonly unknown[] = []) =>
  ({ op: 'query', sql, params, rowMode: 'array' }) as const;

describe('the link to the thread of PostgreSQL', () => {
  it('answers in the order of the calls, failures among them', async () => {
    const { opened, call, stop } = link(`${folder}/pg`);
    await opened;
    const answers = await Promise.allSettled([
      call(query('select $1::int', [1])),
      call(query('select 1/0')),
      call(query('select 3')),
    ]);
    expect(answers).toMatchObject([
      { value: [{ rows: [[1]] }] },
      { reason: expect.any(SqlError) },
      { value: [{ rows: [[3]] }] },
    ]);
    expect(answers[1]).toMatchObject({ reason: { code: '22012', severity: 'ERROR' } });
    await stop();
  });

  it('hands over as text what drizzle reads as text, and bytes as bytes', async () => {
    const { opened, call, stop } = link(`${folder}/pg`);
    await opened;
    const sql = `select '2026-01-02 03:04:05+00'::timestamptz, '2026-01-02'::date, array['2026-01-02 03:04:05']::timestamp[], '\\x00ff'::bytea, 9007199254740993::int8`;
    expect(await call(query(sql))).toMatchObject([
      {
        rows: [
          [
            '2026-01-02 03:04:05+00',
            '2026-01-02',
            '{"2026-01-02 03:04:05"}',
            new Uint8Array([0, 255]),
            9007199254740993n,
          ],
        ],
      },
    ]);
    await stop();
  });

  it('rejects what is under way when it is stopped, and everything later', async () => {
    const { opened, call, stop, ended } = link(`${folder}/pg`);
    await opened;
    const slow = call(query('select count(*) from generate_series(1, 500000000)'));
    const refused = slow.catch((error: unknown) => error);
    await stop();
    expect(await refused).toBeInstanceOf(DatabaseDied);
    await expect(call(query('select 1'))).rejects.toBeInstanceOf(DatabaseDied);
    expect(await ended).toEqual({ kind: 'closed' });
  });

  it('gives up a thread that does not answer', async () => {
    const { opened, ended } = link(`${folder}/pg`, { silenceMaxMs: 20 });
    await expect(opened).rejects.toBeInstanceOf(DatabaseDied);
    expect(await ended).toMatchObject({ kind: 'died', cause: { message: expect.stringContaining('does not answer') } });
  });

  it('says why a folder cannot be opened, and ends', async () => {
    await rm(`${folder}/pg/global/pg_control`);
    const { opened, ended } = link(`${folder}/pg`);
    await expect(opened).rejects.toBeInstanceOf(Error);
    expect(await ended).toMatchObject({ kind: 'died' });
  });
});
