import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const script = fileURLToPath(new URL('main.ts', import.meta.url));

const run = (...args: string[]): Promise<{ code: number | null; output: string; errors: string }> =>
  new Promise((resolve) => {
    const child = execFile(process.execPath, [script, ...args], (_error, output, errors) =>
      resolve({ code: child.exitCode, output, errors }),
    );
  });

describe('npm run bench', { timeout: 20_000 }, () => {
  it('prints the table, writes JSON, and shows no progress without a terminal', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bench-test-'));
    const json = join(folder, 'bench.json');
    const args = [
      '--only',
      'dispatch',
      '--seconds',
      '0.1',
      '--warmup',
      '0.1',
      '--rounds',
      '1',
      '--connections',
      '2',
      '--json',
      json,
    ];
    expect(await run(...args)).toEqual({
      code: 0,
      errors: '',
      output: expect.stringMatching(/\| +2 \| dispatch \| +[\d ]+ \| +1 \|/),
    });
    expect(JSON.parse(await readFile(json, 'utf8'))).toMatchObject({
      kind: 'gatehouse-bench',
      rows: [{ system: 'dispatch' }],
    });
    await rm(folder, { recursive: true });
  });

  it('explains itself with --help', async () => {
    expect(await run('--help')).toEqual({ code: 0, errors: '', output: expect.stringContaining('--connections LIST') });
  });

  it('says what is wrong with an option', async () => {
    expect(await run('--rounds', 'many')).toEqual({
      code: 2,
      output: '',
      errors: expect.stringContaining('bench: --rounds must be'),
    });
  });
});
