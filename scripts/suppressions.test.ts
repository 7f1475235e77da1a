import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';

/** A rule may be silenced where the code argues for it: `// oxlint-disable-next-line max-lines -- the reason`. */

const root = resolve(import.meta.dirname, '..');
const folders = '{policies,db,gateway,admin-ui,examples,bench,e2e,scripts}';
const leftOut = /node_modules|[/\\]dist[/\\]/;
const silences =
  /(?:oxlint|eslint)-disable(?:-next-line|-line)?\b(?!.*\s--\s+\S{2,})|@ts-ignore|@ts-nocheck|@ts-expect-error(?!\s+\S{2,})|svelte-ignore\s*$/;

const silentLines = (file: string): readonly string[] =>
  readFileSync(join(root, file), 'utf8')
    .split('\n')
    .flatMap((line, index) =>
      /^\s*(?:\/\/|\/\*|<!--|\*)/.test(line) && silences.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [],
    );

it('gives a reason wherever a check is silenced', () => {
  const files = globSync(`${folders}/**/*.{ts,js,svelte}`, { cwd: root, exclude: (path) => leftOut.test(path) }).filter(
    (file) => !leftOut.test(file),
  );
  expect(files.length).toBeGreaterThan(10);
  expect(files.flatMap(silentLines)).toEqual([]);
});
