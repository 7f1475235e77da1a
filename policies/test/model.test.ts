import { fileURLToPath } from 'node:url';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { generatePermissions } from '../src/model/generate-permissions.ts';
import { loadModel } from '../src/model/load.ts';
import { permissions } from '../src/permissions.generated.ts';
import { runStoreTests } from '../src/model/store-test.ts';
import type { CompiledModel } from '../src/model/compiled.ts';
import type { StoreTestReport } from '../src/model/store-test.ts';

const folder = fileURLToPath(new URL('../model', import.meta.url));

describe('the shipped model', () => {
  let model: CompiledModel;
  let reports: readonly StoreTestReport[];
  beforeAll(async () => {
    ({ model } = await loadModel(folder));
    const files = (await readdir(folder)).filter((name) => name.endsWith('.fga.yaml'));
    reports = await Promise.all(files.map((name) => runStoreTests(join(folder, name))));
  });

  it('stays inside the subset in which all OpenFGA engines agree', () => {
    expect(model.warnings).toEqual([]);
  });
  it('passes its own manual', () => {
    expect(reports.map(({ file }) => file).toSorted()).toEqual(['content.fga.yaml', 'core.fga.yaml']);
    expect(reports.flatMap(({ problems }) => problems)).toEqual([]);
    const failed = reports.flatMap(({ results }) => results.filter(({ passed }) => !passed));
    expect(
      failed.map(({ file, line, assertion, expected, got }) => `${file}:${line} ${assertion}: ${expected}, got ${got}`),
    ).toEqual([]);
  });
  it('shows every permission allowed to somebody and denied to somebody', () => {
    const shown = new Set(
      reports
        .flatMap(({ results }) => results)
        .map(({ assertion, expected }) => {
          const [, relation, object] = assertion.split(' ') as [string, string, string];
          return `${object.split(':')[0]} ${relation} ${expected}`;
        }),
    );
    const missing = Object.entries(permissions).flatMap(([type, names]) =>
      names
        .flatMap((name) => ['allowed', 'denied'].map((answer) => `${type} ${name} ${answer}`))
        .filter((row) => !shown.has(row)),
    );
    expect(missing).toEqual([]);
  });
  it('asks every permission of an organization of every principal', () => {
    const asked = reports
      .flatMap(({ file, results }) => (file === 'core.fga.yaml' ? results : []))
      .map(({ assertion }) => assertion.split(' ') as [string, string, string])
      .filter(([, , object]) => object === 'organization:acme');
    const principals = [...new Set(asked.map(([subject]) => subject))];
    expect(principals).toHaveLength(13);
    const pairs = new Set(asked.map(([subject, relation]) => `${subject} ${relation}`));
    const missing = principals
      .flatMap((subject) => permissions.organization.map((relation) => `${subject} ${relation}`))
      .filter((pair) => !pairs.has(pair));
    expect(missing).toEqual([]);
  });
  it('knows the chain of parents from a version to its organization', () => {
    expect(['content_version', 'content', 'workspace', 'team', 'provider_credential'].map(model.parentsOf)).toEqual([
      ['content', 'organization'],
      ['workspace'],
      ['organization'],
      ['organization'],
      ['organization'],
    ]);
  });
  it('has its permissions generated', async () => {
    const committed = await readFile(new URL('../src/permissions.generated.ts', import.meta.url), 'utf8');
    expect(committed).toBe(await generatePermissions());
  });
});
