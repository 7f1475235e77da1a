import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import type { RouteSource } from '@gatehouse/policies/routes/read-folder';
import { modelIn, tryRoutes } from '../load-policies.ts';
import type { LoadedModel } from '../load-policies.ts';
import { routeSource } from '../policies/test/route-file.ts';
import { withCandidate } from './candidate.ts';

let loaded: LoadedModel;
beforeAll(async () => {
  loaded = await modelIn(fileURLToPath(new URL('../../../policies', import.meta.url)));
});

const live = ['q', 'other'].map((app) => routeSource(app, { 'GET /x': 'allow: everyone' }));

describe('a candidate', () => {
  const ids = async (kind: 'file' | 'folder', ...sources: RouteSource[]): Promise<readonly string[]> => {
    const set = withCandidate({ sources: live, rules: [{ file: 'q.yaml', app: 'q' }] }, { kind, sources });
    const outcome = await tryRoutes(set, { model: loaded.model, accountId: (slug) => slug, jwtIssuers: [] });
    return outcome.kind === 'loaded' ? outcome.routes.table.rules.map(({ id }) => id) : outcome.problems;
  };

  it('takes the place of the file of its application, whatever its name', async () => {
    expect(await ids('file', { ...routeSource('q', { 'GET /one': 'allow: everyone' }), file: 'draft.yaml' })).toEqual([
      'other GET other.example/x',
      'q GET q.example/one',
    ]);
  });

  it('is added when its application has no file yet', async () => {
    expect(await ids('file', routeSource('third', { 'GET /one': 'allow: everyone' }))).toContain(
      'third GET third.example/one',
    );
  });

  it('takes the place of all files when it is a folder', async () => {
    expect(await ids('folder', routeSource('third', { 'GET /one': 'allow: everyone' }))).toEqual([
      'third GET third.example/one',
    ]);
  });

  it('that does not load names its own lines', async () => {
    expect(await ids('file', routeSource('q', { 'GET /one': 'allow: can_vew on organization:{account}' }))).toEqual([
      expect.stringMatching(/^q\.yaml:8:\d+: .*"can_vew".*did you mean "can_view"/),
    ]);
    expect(await ids('file', { file: 'x.yaml', bytes: Buffer.from('[') })).toEqual([
      expect.stringMatching(/^x\.yaml:1:/),
    ]);
  });
});
