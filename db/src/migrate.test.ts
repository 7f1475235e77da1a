import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testFolder } from '../test/test-database.ts';
import { openDatabase } from './client.ts';
import { migrationsFolder } from './migrate.ts';
import { connection } from './pglite/connection.ts';
import { link } from './pglite/link.ts';

const run = promisify(execFile);
const workspace = fileURLToPath(new URL('..', import.meta.url));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-migrate-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

type Journal = { readonly entries: readonly { readonly tag: string; readonly when: number }[] };

describe('the migrations', () => {
  it('rise strictly in time: drizzle skips one that is older than the last applied, for ever', async () => {
    const journal: Journal = JSON.parse(await readFile(join(migrationsFolder, 'meta', '_journal.json'), 'utf8'));
    const times = journal.entries.map(({ when }) => when);
    expect(times.length).toBeGreaterThan(0);
    expect(times).toEqual([...new Set(times)].toSorted((one, other) => one - other));
    const files = (await readdir(migrationsFolder)).filter((name) => name.endsWith('.sql')).toSorted();
    expect(files).toEqual(journal.entries.map(({ tag }) => `${tag}.sql`));
  });

  it('make the schema that the tables describe: generating anew adds nothing', { timeout: 60_000 }, async () => {
    await cp(join(workspace, 'src'), join(folder, 'src'), { recursive: true });
    await cp(join(workspace, 'drizzle.config.ts'), join(folder, 'drizzle.config.ts'));
    await cp(join(workspace, 'package.json'), join(folder, 'package.json'));
    await symlink(join(workspace, '../node_modules'), join(folder, 'node_modules'));
    const files = async () => (await readdir(join(folder, 'src/migrations'), { recursive: true })).toSorted();
    const before = await files();
    // drizzle-kit exits with 0 whatever happens; what it says and what it writes is all there is.
    const generate = join(folder, 'node_modules/drizzle-kit/bin.cjs');
    const { stdout, stderr } = await run(process.execPath, [generate, 'generate'], { cwd: folder });
    expect({ stdout, stderr }).toMatchObject({ stdout: expect.stringContaining('No schema changes'), stderr: '' });
    expect(await files()).toEqual(before);
  });

  it('are refused on a database of a newer release, which stays as it is', async () => {
    const newer = await testFolder();
    const worker = link(`${newer}/pg`);
    await worker.opened;
    const session = connection(worker);
    await session.exec(`insert into drizzle.__drizzle_migrations (hash, created_at) values ('later', 99999999999999)`);
    await session.close();
    expect(await openDatabase({ folder: newer })).toMatchObject({ kind: 'unusable', reason: 'newer-version' });
    expect(await readdir(newer)).toEqual(['pg']);
    await rm(newer, { recursive: true });
  });
});
