import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

/** A rule may be silenced where the code argues for it: `// oxlint-disable-next-line max-lines -- the reason`. */

const root = resolve(import.meta.dirname, '..');
const folders = '{policies,db,gateway,admin-ui,examples,bench,e2e,scripts}';
const leftOut = /node_modules|[/\\]dist[/\\]/;
const comment = String.raw`(?:\/\/|\/\*|<!--)\s*`;
const silences = [
  new RegExp(String.raw`${comment}(?:oxlint|eslint)-disable(?:-next-line|-line)?\b(?!.*\s--\s+\w)`),
  new RegExp(String.raw`${comment}@ts-(?:ignore|nocheck)`),
  new RegExp(String.raw`${comment}@ts-expect-error(?!\s+\w)`),
  new RegExp(String.raw`${comment}svelte-ignore(?!.*\s--\s+\w)`),
];

const silencedIn = (file: string, text: string): readonly string[] =>
  text
    .split('\n')
    .flatMap((line, index) => (silences.some((silence) => silence.test(line)) ? [`${file}:${index + 1}`] : []));

describe('a silenced check', () => {
  // The mark is taken out before the look, so that this file does not silence anything itself.
  const rows = [
    { line: '// oxlint-~disable-next-line complexity', found: true },
    { line: 'call(); // oxlint-~disable-line', found: true },
    { line: '/* eslint-~disable */', found: true },
    { line: '// @ts-~ignore', found: true },
    { line: '// @ts-~expect-error', found: true },
    { line: '<!-- svelte-~ignore a11y_autofocus -->', found: true },
    { line: '// oxlint-~disable-next-line complexity -- a parser is one switch', found: false },
    { line: '// @ts-~expect-error a wrong call is what is tested', found: false },
  ];

  it.each(rows)('is noticed in "$line": $found', ({ line, found }) => {
    expect(silencedIn('a.ts', line.replace('~', ''))).toHaveLength(found ? 1 : 0);
  });

  it('gives its reason', () => {
    const files = globSync(`${folders}/**/*.{ts,js,svelte}`, { cwd: root, exclude: (path) => leftOut.test(path) });
    const own = files.filter((file) => !leftOut.test(file));
    expect(own.length).toBeGreaterThan(10);
    expect(own.flatMap((file) => silencedIn(file, readFileSync(join(root, file), 'utf8')))).toEqual([]);
  });
});
