import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadModel } from './load.ts';
import { ModelError } from './problem.ts';
import type { ModelJson } from './json.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-model-'));
});
afterEach(async () => rm(folder, { recursive: true }));

const files = async (texts: Readonly<Record<string, string>>): Promise<void> => {
  for (const [name, text] of Object.entries(texts)) await writeFile(join(folder, name), text);
};

const manifest = "schema: '1.2'\ncontents:\n  - core.fga\n  - more.fga\n";
const core = 'module core\n\ntype user\n\ntype doc\n  relations\n    define viewer: [user]\n';
const more = 'module more\n\nextend type doc\n  relations\n    define can_view: viewer\n';

type Refused = {
  readonly title: string;
  readonly texts: Readonly<Record<string, string>>;
  readonly file: string;
  readonly line: number;
  readonly message: RegExp;
  readonly suggestion?: string;
};

const refused: readonly Refused[] = [
  { title: 'a folder without a manifest', texts: {}, file: 'fga.mod', line: 0, message: /fga.mod does not exist/ },
  {
    title: 'a missing module',
    texts: { 'fga.mod': manifest, 'core.fga': core },
    file: 'fga.mod',
    line: 4,
    message: /more.fga does not exist/,
  },
  {
    title: 'a module outside the folder',
    texts: { 'fga.mod': "schema: '1.2'\ncontents:\n  - ../core.fga\n" },
    file: 'fga.mod',
    line: 3,
    message: /outside/,
  },
  {
    title: 'a module by an absolute path',
    texts: { 'fga.mod': "schema: '1.2'\ncontents:\n  - /core.fga\n" },
    file: 'fga.mod',
    line: 3,
    message: /outside/,
  },
  {
    title: 'a module listed twice',
    texts: { 'fga.mod': "schema: '1.2'\ncontents:\n  - core.fga\n  - ./core.fga\n" },
    file: 'fga.mod',
    line: 4,
    message: /twice/,
  },
  {
    title: 'another schema',
    texts: { 'fga.mod': "schema: '1.1'\ncontents:\n  - core.fga\n" },
    file: 'fga.mod',
    line: 1,
    message: /schema must be 1.2/,
  },
  {
    title: 'no contents',
    texts: { 'fga.mod': "schema: '1.2'\ncontents: []\n" },
    file: 'fga.mod',
    line: 2,
    message: /at least one module/,
  },
  { title: 'a manifest that is no YAML', texts: { 'fga.mod': 'schema: [\n' }, file: 'fga.mod', line: 2, message: /./ },
  {
    title: 'a syntax error',
    texts: {
      'fga.mod': manifest,
      'core.fga': core,
      'more.fga': 'module more\n\ntype x\n  relations\n    define a [user]\n',
    },
    file: 'more.fga',
    line: 5,
    message: /./,
  },
  {
    title: 'a misspelt name in a module',
    texts: { 'fga.mod': manifest, 'core.fga': core, 'more.fga': more.replace(': viewer', ': viewr') },
    file: 'more.fga',
    line: 5,
    message: /unknown relation "viewr" of doc/,
    suggestion: 'viewer',
  },
  {
    title: 'an extension of an unknown type',
    texts: { 'fga.mod': manifest, 'core.fga': core, 'more.fga': more.replace('type doc', 'type dok') },
    file: 'more.fga',
    line: 3,
    message: /extends unknown type "dok"/,
    suggestion: 'doc',
  },
  {
    title: 'an extension with a relation that exists',
    texts: { 'fga.mod': manifest, 'core.fga': core, 'more.fga': more.replace('can_view: viewer', 'viewer: [user]') },
    file: 'more.fga',
    line: 5,
    message: /already has a relation viewer/,
  },
  {
    title: 'a type in two modules',
    texts: { 'fga.mod': manifest, 'core.fga': core, 'more.fga': 'module more\n\ntype user\n' },
    file: 'more.fga',
    line: 3,
    message: /defined twice/,
  },
  {
    title: 'a model among the modules',
    texts: { 'fga.mod': manifest, 'core.fga': core, 'more.fga': 'model\n  schema 1.1\ntype x\n' },
    file: 'more.fga',
    line: 1,
    message: /module NAME/,
  },
];

describe('loadModel', () => {
  it.each(refused)('refuses $title', async ({ texts, file, line, message, suggestion }) => {
    await files(texts);
    const error: unknown = await loadModel(folder).catch((thrown: unknown) => thrown);
    if (!(error instanceof ModelError)) throw new Error('expected the model to be refused');
    expect(error.problems[0]).toMatchObject({ file, line });
    expect(error.problems[0]!.message).toMatch(message);
    expect(error.problems[0]!.suggestion).toBe(suggestion);
    expect(error.message).toContain(line > 0 ? `${file}:${line}: ` : `${file}: `);
  });
  it('refuses a lone module', async () => {
    await files({ 'core.fga': core });
    await expect(loadModel(join(folder, 'core.fga'))).rejects.toThrow(/core.fga:1: a single file starts with "model"/);
  });
  it('merges modules', async () => {
    await files({ 'fga.mod': manifest, 'core.fga': core, 'more.fga': more });
    const { model, json } = await loadModel(folder);
    expect(model.relationsOf('doc')).toEqual(['viewer', 'can_view']);
    expect(json.schema_version).toBe('1.2');
    expect((await loadModel(join(folder, 'fga.mod'))).digest).toBe((await loadModel(folder)).digest);
  });
  it('reads a single file', async () => {
    await files({ 'm.fga': 'model\n  schema 1.1\ntype user\n' });
    expect((await loadModel(join(folder, 'm.fga'))).model.types).toEqual(['user']);
  });
  it('has a digest that changes with any byte or name', async () => {
    const digests: string[] = [];
    for (const [name, text] of [
      ['more', more],
      ['more', `${more}\n`],
      ['less', more],
    ] as const) {
      await files({ 'fga.mod': manifest.replace('more', name), 'core.fga': core, [`${name}.fga`]: text });
      digests.push((await loadModel(folder)).digest);
    }
    expect(new Set(digests).size).toBe(3);
    expect(digests[0]).toMatch(/^[0-9a-f]{64}$/);
  });
  it('parses an unchanged model once, when somebody keeps the JSON', async () => {
    await files({ 'fga.mod': manifest, 'core.fga': core, 'more.fga': more });
    const kept = new Map<string, ModelJson>();
    const parsed = {
      get: async (digest: string) => kept.get(digest),
      set: async (digest: string, json: ModelJson) => void kept.set(digest, json),
    };
    const { digest } = await loadModel(folder, parsed);
    expect([...kept.keys()]).toEqual([digest]);
    // What is kept is taken as it is: a marked copy shows that no parser ran.
    kept.set(digest, {
      ...kept.get(digest)!,
      type_definitions: [...kept.get(digest)!.type_definitions, { type: 'marked' }],
    });
    expect((await loadModel(folder, parsed)).model.types).toEqual(['user', 'doc', 'marked']);
  });
});
