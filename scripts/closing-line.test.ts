import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const bin = join(root, 'node_modules/.bin');

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

describe('the closing line', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'gatehouse-closing-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(runs)('reads "$line" when $name', ({ name, line, source }) => {
    const own = join(folder, name.replaceAll(' ', '-'));
    const report = `${own}.json`;
    writeFileSync(`${own}.test.ts`, `const { beforeAll, expect, it } = globalThis;\n${source}\n`);
    const test = spawnSync(join(bin, 'vitest'), [
      'run',
      '--root',
      folder,
      '--globals',
      '--reporter=json',
      `--outputFile=${report}`,
      `${own}.test.ts`,
    ]);
    const closing = spawnSync(join(bin, 'node'), [join(root, 'scripts/closing-line.ts'), report, String(test.status)]);
    expect({ line: closing.stdout.toString().trim(), red: test.status !== 0 }).toEqual({
      line,
      red: !line.endsWith(' 0 failed'),
    });
    expect(JSON.parse(readFileSync(report, 'utf8'))).toHaveProperty('numTotalTests');
  });

  it('reads "0 passed, 1 failed" when the run left no report', () => {
    const closing = spawnSync(join(bin, 'node'), [join(root, 'scripts/closing-line.ts'), join(folder, 'absent.json')]);
    expect(closing.stdout.toString().trim()).toBe('0 passed, 1 failed');
    expect(closing.status).toBe(1);
  });
});
