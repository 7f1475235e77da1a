import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');
/** Each run starts a vitest of its own, on a machine that may be busy with others. */
const runTimeoutMs = 60_000;
const script = join(root, 'scripts/closing-line.ts');

const run = (tool: string, options: readonly string[]): Promise<{ code: number | null; output: string }> =>
  new Promise((done) => {
    const child = execFile(join(root, 'node_modules/.bin', tool), options, (_error, output) =>
      done({ code: child.exitCode, output }),
    );
  });

/** Test files as they go wrong, and the line that a real vitest run over them must end with. */
const runs = [
  { name: 'all is well', line: '2 passed, 0 failed', source: "it('a', () => {});\nit('b', () => {});" },
  { name: 'a test fails', line: '1 passed, 1 failed', source: "it('a', () => {});\nit('b', () => expect(1).toBe(2));" },
  { name: 'a file does not load', line: '0 passed, 1 failed', source: "throw new Error('broken');" },
  {
    name: 'a hook fails',
    line: '0 passed, 1 failed',
    source: "beforeAll(() => { throw new Error('no'); });\nit('a', () => {});",
  },
  {
    name: 'a promise is left to fail',
    line: '1 passed, 1 failed',
    source: "it('a', () => { void Promise.reject(new Error('lost')); });",
  },
  { name: 'a test is skipped', line: '1 passed, 0 failed', source: "it('a', () => {});\nit.skip('b', () => {});" },
];

describe('the closing line', { timeout: runTimeoutMs }, () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'gatehouse-closing-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.concurrent.each(runs)('reads "$line" when $name', async ({ name, line, source }) => {
    const own = join(folder, name.replaceAll(' ', '-'));
    const report = `${own}.json`;
    writeFileSync(`${own}.test.ts`, `const { beforeAll, expect, it } = globalThis;\n${source}\n`);
    const options = ['--globals', '--reporter=json', `--outputFile=${report}`];
    const test = await run('vitest', ['run', '--root', folder, ...options, `${own}.test.ts`]);
    const closing = await run('node', [script, report, String(test.code)]);
    expect({ line: closing.output.trim(), red: test.code !== 0 }).toEqual({ line, red: !line.endsWith(' 0 failed') });
  });

  it('reads "0 passed, 1 failed" when the run left no report', async () => {
    const closing = await run('node', [script, join(folder, 'absent.json')]);
    expect(closing).toEqual({ code: 1, output: '0 passed, 1 failed\n' });
  });
});
