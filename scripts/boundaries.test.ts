import { basename } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import config from '../dependency-cruiser.config.ts';
import { copiedTree } from './test/copied-tree.ts';
import type { CopiedTree } from './test/copied-tree.ts';

/** How one file can reach another. Each form has been invisible to some tool's default settings. */
const forms = {
  value: { ending: 'ts', text: (to: string) => `import { planted } from '${to}';\nexport const used = planted;\n` },
  type: { ending: 'ts', text: (to: string) => `import type { Planted } from '${to}';\nexport type Used = Planted;\n` },
  dynamic: { ending: 'ts', text: (to: string) => `export const load = () => import('${to}');\n` },
  reexport: { ending: 'ts', text: (to: string) => `export { planted } from '${to}';\n` },
  svelte: {
    ending: 'svelte',
    text: (to: string) => `<script lang="ts">\n  import { planted } from '${to}';\n</script>\n{planted}\n`,
  },
} as const;

type Form = keyof typeof forms;
type Plant = { readonly rule: string; readonly folder: string; readonly to: string; readonly as: readonly Form[] };

const everyForm = ['value', 'type', 'dynamic', 'reexport'] as const;
const loaded = ['value', 'dynamic', 'reexport'] as const;
const formsOfTheConsole = [...everyForm, 'svelte'] as const;

const refused: readonly Plant[] = [
  { rule: 'policies-imports-nobody', folder: 'policies/src', to: '@gatehouse/db/planted', as: everyForm },
  { rule: 'policies-imports-nobody', folder: 'policies/src', to: '../../gateway/src/planted.ts', as: everyForm },
  { rule: 'db-imports-nobody', folder: 'db/src', to: '@gatehouse/policies/planted', as: everyForm },
  { rule: 'db-imports-nobody', folder: 'db/src', to: '@gatehouse/gateway/planted', as: everyForm },
  { rule: 'gateway-imports-leaves-only', folder: 'gateway/src', to: '../../admin-ui/src/planted.ts', as: everyForm },
  {
    rule: 'gateway-imports-leaves-only',
    folder: 'gateway/src',
    to: '@gatehouse/example-quantum/planted',
    as: everyForm,
  },
  { rule: 'gateway-imports-leaves-only', folder: 'gateway/src', to: '../../bench/src/planted.ts', as: everyForm },
  { rule: 'gateway-imports-leaves-only', folder: 'gateway/src', to: '../../e2e/planted.ts', as: everyForm },
  { rule: 'console-has-three-doors', folder: 'admin-ui/src', to: '@gatehouse/gateway/planted', as: formsOfTheConsole },
  { rule: 'console-has-three-doors', folder: 'admin-ui/src', to: '@gatehouse/policies/planted', as: formsOfTheConsole },
  { rule: 'console-has-three-doors', folder: 'admin-ui/src', to: '../../db/src/planted.ts', as: formsOfTheConsole },
  {
    rule: 'console-takes-types-from-api',
    folder: 'admin-ui/src',
    to: '@gatehouse/gateway/api',
    as: [...loaded, 'svelte'],
  },
  { rule: 'browser-code-without-node', folder: 'admin-ui/src', to: 'node:fs', as: formsOfTheConsole },
  { rule: 'browser-code-without-node', folder: 'gateway/src/contract', to: 'node:fs', as: everyForm },
  { rule: 'browser-code-without-node', folder: 'policies/src/abilities', to: 'node:fs', as: everyForm },
  { rule: 'doors-to-the-console-are-closed-worlds', folder: 'gateway/src/contract', to: '../planted.ts', as: loaded },
  { rule: 'doors-to-the-console-are-closed-worlds', folder: 'policies/src/abilities', to: '../planted.ts', as: loaded },
  { rule: 'gateway-not-sideways', folder: 'gateway/src/doors/one', to: '../../admin/planted.ts', as: everyForm },
  { rule: 'gateway-not-sideways', folder: 'gateway/src/admin', to: '../relay/planted.ts', as: everyForm },
  { rule: 'gateway-not-sideways', folder: 'gateway/src/relay', to: '../doors/planted.ts', as: everyForm },
  { rule: 'doors-not-sideways', folder: 'gateway/src/doors/one', to: '../two/planted.ts', as: everyForm },
  { rule: 'leaves-of-the-repository', folder: 'bench/src', to: '../../e2e/planted.ts', as: everyForm },
  { rule: 'leaves-of-the-repository', folder: 'e2e', to: '@gatehouse/example-quantum/planted', as: everyForm },
  {
    rule: 'leaves-of-the-repository',
    folder: 'examples/quantum/src',
    to: '../../../bench/src/planted.ts',
    as: everyForm,
  },
  { rule: 'tests-are-not-imported', folder: 'gateway/src', to: './planted.test.ts', as: everyForm },
  { rule: 'tests-are-not-imported', folder: 'policies/src', to: '../test/planted.ts', as: everyForm },
  { rule: 'shipped-code-without-dev-dependencies', folder: 'db/src', to: 'drizzle-kit', as: loaded },
  { rule: 'declared-dependencies-only', folder: 'db/src', to: 'fastify', as: everyForm },
  { rule: 'no-cycles', folder: 'gateway/src/round', to: './back.ts', as: ['value', 'type'] },
  { rule: 'everything-resolves', folder: 'gateway/src', to: './nowhere.ts', as: everyForm },
  { rule: 'everything-resolves', folder: 'admin-ui/src', to: './nowhere.ts', as: formsOfTheConsole },
];

const allowed: readonly Omit<Plant, 'rule'>[] = [
  { folder: 'gateway/src', to: '@gatehouse/policies/planted', as: everyForm },
  { folder: 'gateway/src', to: '@gatehouse/db/planted', as: everyForm },
  { folder: 'gateway/src/doors/one', to: '../planted.ts', as: everyForm },
  { folder: 'e2e', to: '@gatehouse/gateway/planted', as: everyForm },
  { folder: 'admin-ui/src', to: '@gatehouse/gateway/api', as: ['type'] },
  { folder: 'admin-ui/src', to: '@gatehouse/gateway/contract/planted', as: formsOfTheConsole },
  { folder: 'admin-ui/src', to: '@gatehouse/policies/abilities/planted', as: formsOfTheConsole },
];

const target = "export const planted = 'here';\nexport type Planted = typeof planted;\n";
const targets = [
  'policies/src/planted.ts',
  'policies/test/planted.ts',
  'policies/src/abilities/planted.ts',
  'db/src/planted.ts',
  'gateway/src/planted.ts',
  'gateway/src/planted.test.ts',
  'gateway/src/api.ts',
  'gateway/src/contract/planted.ts',
  'gateway/src/doors/planted.ts',
  'gateway/src/doors/two/planted.ts',
  'gateway/src/admin/planted.ts',
  'gateway/src/relay/planted.ts',
  'admin-ui/src/planted.ts',
  'bench/src/planted.ts',
  'e2e/planted.ts',
  'examples/quantum/src/planted.ts',
];

type Row = {
  readonly rule: string;
  readonly form: Form;
  readonly file: string;
  readonly to: string;
  readonly text: string;
};

const rowsOf = (plants: readonly Plant[], purpose: string): readonly Row[] =>
  plants.flatMap(({ rule, folder, to, as }, index) =>
    as.map((form) => {
      const { ending, text } = forms[form];
      return { rule, form, to, file: `${folder}/${purpose}-${index}-${form}.${ending}`, text: text(to) };
    }),
  );

const refusedRows = rowsOf(refused, 'refused');
const allowedRows = rowsOf(
  allowed.map((plant) => ({ ...plant, rule: '' })),
  'allowed',
);

/** Closes the circles: what the rows of `no-cycles` import imports them. */
const wayBack = refusedRows
  .filter(({ rule }) => rule === 'no-cycles')
  .map(({ file }) => `export * from './${basename(file)}';\n`)
  .join('');

type Violation = { readonly from: string; readonly to: string; readonly rule: { readonly name: string } };

const violationsIn = async (tree: CopiedTree): Promise<readonly string[]> => {
  const { output, errors } = await tree.script('check:boundaries', '--output-type json');
  if (!output.startsWith('{')) throw new Error(`dependency-cruiser gave no result: ${errors}`);
  const { summary } = JSON.parse(output) as { summary: { violations: readonly Violation[] } };
  return summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`);
};

describe('the one-way rules', () => {
  let tree: CopiedTree;
  let clean: readonly string[];
  let planted: readonly string[];

  beforeAll(async () => {
    tree = copiedTree();
    clean = await violationsIn(tree);
    tree.plant(Object.fromEntries(targets.map((file) => [file, target])));
    tree.plant(Object.fromEntries([...refusedRows, ...allowedRows].map(({ file, text }) => [file, text])));
    tree.plant({ 'gateway/src/round/back.ts': wayBack });
    planted = await violationsIn(tree);
  }, 60_000);

  afterAll(() => tree.remove());

  it('pass on the tree as it is', () => {
    expect(clean).toEqual([]);
  });

  it.each(refusedRows)('refuse ($rule) a $form import of $to in $file', ({ rule, file }) => {
    expect(planted.filter((violation) => violation.startsWith(`${rule}: `) && violation.includes(file))).not.toEqual(
      [],
    );
  });

  it.each(allowedRows)('let a $form import of $to in $file pass', ({ file }) => {
    expect(planted.filter((violation) => violation.includes(`: ${file} → `))).toEqual([]);
  });

  it('are each proven by a planted violation', () => {
    const proven = new Set(refused.map(({ rule }) => rule));
    expect(config.forbidden?.map(({ name }) => name).filter((name) => name !== undefined && !proven.has(name))).toEqual(
      [],
    );
  });
});
