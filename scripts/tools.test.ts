import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copiedTree } from './test/copied-tree.ts';
import type { CopiedTree, Finished } from './test/copied-tree.ts';

/** Every tool of `npm run check` has a setting without which it looks at nothing and says "fine". Mistakes are planted to prove it awake. */

const lines = (count: number, indent = ''): string =>
  Array.from({ length: count }, (_, n) => `${indent}// ${n}`).join('\n');
const branches = Array.from({ length: 10 }, (_, n) => `  if (n === ${n}) return ${n + 1};`).join('\n');

const union = "export type Kind = 'a' | 'b';\n";
const linted: Record<string, { readonly rule: string; readonly text: string }> = {
  'missing-case.ts': {
    rule: 'typescript(switch-exhaustiveness-check)',
    text: `${union}export const nameOf = (kind: Kind): string => {\n  switch (kind) {\n    case 'a':\n      return 'A';\n  }\n  return '';\n};\n`,
  },
  'default-over-union.ts': {
    rule: 'typescript(switch-exhaustiveness-check)',
    text: `${union}export const nameOf = (kind: Kind): string => {\n  switch (kind) {\n    case 'a':\n    case 'b':\n      return 'A';\n    default:\n      return '';\n  }\n};\n`,
  },
  'floating-promise.ts': { rule: 'typescript(no-floating-promises)', text: 'Promise.reject(new Error("lost"));\n' },
  'misused-promise.ts': {
    rule: 'typescript(no-misused-promises)',
    text: 'const isFree = async (): Promise<boolean> => false;\nexport const answer = isFree() ? 1 : 2;\n',
  },
  'inline-type.ts': {
    rule: 'import(consistent-type-specifier-style)',
    text: "import { type Kind } from './missing-case.ts';\nexport type Same = Kind;\n",
  },
  'inline-type.svelte': {
    rule: 'import(consistent-type-specifier-style)',
    text: '<script lang="ts">\n  import { type Kind } from \'./missing-case.ts\';\n  export type Same = Kind;\n</script>\n',
  },
  'value-import-of-type.ts': {
    rule: 'typescript(consistent-type-imports)',
    text: "import { Kind } from './missing-case.ts';\nexport type Same = Kind;\n",
  },
  'default-export.ts': { rule: 'import(no-default-export)', text: 'export default 1;\n' },
  'no-extension.ts': {
    rule: 'import(extensions)',
    text: "import type { Kind } from './missing-case';\nexport type Same = Kind;\n",
  },
  'bare-builtin.ts': { rule: 'unicorn(prefer-node-protocol)', text: "export { join } from 'path';\n" },
  'barrel.ts': { rule: 'oxc(no-barrel-file)', text: "export * from './missing-case.ts';\n" },
  'environment.ts': { rule: 'node(no-process-env)', text: "export const home = process.env['HOME'];\n" },
  'any.ts': { rule: 'typescript(no-explicit-any)', text: 'export const anything: any = 1;\n' },
  'complex.ts': {
    rule: 'eslint(complexity)',
    text: `export const next = (n: number): number => {\n${branches}\n  return 0;\n};\n`,
  },
  'long-function.ts': {
    rule: 'eslint(max-lines-per-function)',
    text: `export const long = (): number => {\n${lines(50, '  ')}\n  return 1;\n};\n`,
  },
  'long-file.ts': { rule: 'eslint(max-lines)', text: `${lines(301)}\nexport const last = 1;\n` },
  'unfinished.ts': { rule: 'eslint(no-warning-comments)', text: '// TODO finish this\nexport const half = 0.5;\n' },
  'needless-silence.ts': {
    rule: 'Unused oxlint-disable directive',
    text: '// oxlint-disable-next-line no-eval -- calm\nexport const calm = 1;\n',
  },
  'clean.ts': { rule: '', text: "import { join } from 'node:path';\n\nexport const here = join('a', 'b');\n" },
};

const badlyFormatted = {
  'gateway/src/planted/format.ts': 'export const a = {b: "c"}\n',
  'admin-ui/src/planted/Format.svelte': '<script lang="ts">\nlet a = "b"\n</script>\n<p   >{a}</p>\n',
};

const badlyTyped: Record<string, { readonly code: string; readonly text: string }> = {
  'enum.ts': { code: 'TS1294', text: 'export enum Colour {\n  Red,\n}\n' },
  'parameter-property.ts': {
    code: 'TS1294',
    text: 'export class Box {\n  constructor(readonly content: string) {}\n}\n',
  },
  'unchecked-index.ts': { code: 'TS2322', text: 'const list: string[] = [];\nexport const first: string = list[0];\n' },
  'exact-optional.ts': { code: 'TS2375', text: 'export const empty: { name?: string } = { name: undefined };\n' },
  'type-at-run-time.ts': {
    code: 'TS1484',
    text: "import { Ref } from '../../../policies/src/engine/engine.ts';\nexport type Same = Ref;\n",
  },
  'browser-global.ts': { code: 'TS2304', text: 'export const page = window;\n' },
};

const folders = ['policies/src', 'db/src', 'gateway/src', 'bench/src', 'e2e', 'examples/quantum/src', 'scripts'];

const under = (folder: string, files: Record<string, { readonly text: string }>): Record<string, string> =>
  Object.fromEntries(Object.entries(files).map(([name, { text }]) => [`${folder}/${name}`, text]));

const badScreen =
  '<script lang="ts">\n  const count: number = \'three\';\n</script>\n\n<p>{count}</p>\n<img src="/a.png" />\n';

describe('the check tools', () => {
  let tree: CopiedTree;
  let lint: Finished;
  let format: Finished;
  let types: Finished;
  let covered: Finished;
  let screens: Finished;
  let unused: Finished;

  beforeAll(async () => {
    tree = copiedTree();
    tree.plant(under('gateway/src/linted', linted));
    tree.plant(under('gateway/src/typed', badlyTyped));
    tree.plant(badlyFormatted);
    tree.plant(Object.fromEntries(folders.map((folder) => [`${folder}/planted.ts`, 'export const planted = 1;\n'])));
    tree.plant({
      'admin-ui/src/Planted.svelte': badScreen,
      'policies/src/planted-unused.ts': 'export const plantedUnused = 1;\n',
      'db/src/planted-unlisted.ts': "import { something } from 'planted-package';\n\nsomething();\n",
      'typed.tsconfig.json': JSON.stringify({ extends: './tsconfig.json', include: ['gateway/src/typed'] }),
    });
    [lint, format, types, covered] = await Promise.all([
      tree.script('check:lint', '--format json gateway/src/linted'),
      tree.run('oxfmt --list-different gateway/src/planted admin-ui/src/planted gateway/src/linted/clean.ts'),
      tree.run('tsc --project typed.tsconfig.json --pretty false'),
      tree.run('tsc --project . --showConfig'),
    ]);
    [screens, unused] = await Promise.all([
      tree.run('svelte-check --tsconfig ./tsconfig.json --fail-on-warnings --output machine', 'admin-ui'),
      tree.script('check:unused', '--reporter json'),
    ]);
  }, 90_000);

  afterAll(() => tree.remove());

  it.each(Object.entries(linted).filter(([, { rule }]) => rule !== ''))('refuse %s with oxlint', (file, { rule }) => {
    expect(findings(lint)).toContain(`gateway/src/linted/${file}: ${rule}`);
    expect(lint.code).toBe(1);
  });

  it('let a clean file pass with oxlint', () => {
    expect(findings(lint).filter((finding) => finding.startsWith('gateway/src/linted/clean.ts'))).toEqual([]);
  });

  it('refuse bad formatting in TypeScript and Svelte with oxfmt, and nothing else', () => {
    expect(format.output.trim().split('\n').toSorted()).toEqual(Object.keys(badlyFormatted).toSorted());
    expect(format.code).toBe(1);
  });

  it.each(Object.entries(badlyTyped))('refuse %s with tsc', (file, { code }) => {
    expect(types.output).toMatch(new RegExp(`gateway/src/typed/${file}\\(.*error ${code}:`));
    expect(types.code).not.toBe(0);
  });

  it.each(folders)('look at %s with tsc', (folder) => {
    expect(JSON.parse(covered.output)).toMatchObject({ files: expect.arrayContaining([`./${folder}/planted.ts`]) });
  });

  it('refuse a type error and an inaccessible element with svelte-check', () => {
    expect(screens.output).toMatch(/ERROR "src\/Planted\.svelte" 2:/);
    expect(screens.output).toMatch(/WARNING "src\/Planted\.svelte" 6:/);
    expect(screens.code).toBe(1);
  });

  it('refuse an unused export and an unlisted package with knip', () => {
    expect(unused.output).toContain('"plantedUnused"');
    expect(unused.output).toContain('"planted-package"');
    expect(unused.code).toBe(1);
  });
});

type Diagnostic = { readonly filename: string; readonly code?: string; readonly message: string };

const findings = ({ output, errors }: Finished): readonly string[] => {
  if (!output.startsWith('{')) throw new Error(`oxlint gave no result: ${output} ${errors}`);
  const { diagnostics } = JSON.parse(output) as { diagnostics: readonly Diagnostic[] };
  return diagnostics.map(({ filename, code, message }) => `${filename}: ${code ?? message.replace(/ \(.*/, '')}`);
};
