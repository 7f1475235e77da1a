import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import { loadModel } from '@gatehouse/policies/model/load';
import type { ParsedModels } from '@gatehouse/policies/model/load';
import type { CompiledModel } from '@gatehouse/policies/model/compiled';
import { ModelError, problemText } from '@gatehouse/policies/model/problem';
import { runStoreTests } from '@gatehouse/policies/model/store-test';
import type { AccountId } from '@gatehouse/policies/routes/bind-accounts';
import { loadRoutes } from '@gatehouse/policies/routes/load';
import { routeProblemText } from '@gatehouse/policies/routes/problem';
import type { RouteTable } from '@gatehouse/policies/routes/table';
import { StartRefused } from './start-refused.ts';

export const modelFolder = (policies: string): string => join(policies, 'model');
export const routesFolder = (policies: string): string => join(policies, 'routes');

/** The tests beside a model, in a stable order. */
export const modelTestFiles = async (patterns: readonly string[]): Promise<readonly string[]> =>
  (await Array.fromAsync(glob([...patterns]))).toSorted();

export const modelTestPattern = (policies: string): string => join(modelFolder(policies), '**', '*.fga.yaml');

/**
 * Throws a {@link StartRefused} that lists every problem with its file and line. A model that `kept` does not know yet is
 * kept only after its tests have passed.
 */
export const modelIn = async (policies: string, kept?: ParsedModels): Promise<CompiledModel> => {
  try {
    return (await loadModel(modelFolder(policies), kept && keptOnceTested(policies, kept))).model;
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    throw new StartRefused(
      listed('The authorization model cannot be used', modelFolder(policies), error.problems.map(problemText)),
    );
  }
};

const keptOnceTested = (policies: string, { get, set }: ParsedModels): ParsedModels => ({
  get,
  set: async (digest, json) => {
    const failures = await failedModelTests(policies);
    if (failures.length > 0) {
      throw new StartRefused(listed('The authorization model fails its tests', modelFolder(policies), failures));
    }
    await set(digest, json);
  },
});

const failedModelTests = async (policies: string): Promise<readonly string[]> => {
  const failures: string[] = [];
  for (const path of await modelTestFiles([modelTestPattern(policies)])) {
    const { problems, results } = await runStoreTests(path);
    failures.push(...problems.map(problemText));
    for (const { passed, file, line, assertion, expected, got } of results) {
      if (!passed) failures.push(`${file}:${line}: ${assertion}: expected ${expected}, got ${got}`);
    }
  }
  return failures;
};

export type RouteOptions = {
  readonly model: CompiledModel;
  readonly accountId: AccountId;
  /** Origins by `app.name` in place of those in the files. */
  readonly upstreams?: Readonly<Record<string, string>>;
};

export type LiveRoutes = { readonly table: RouteTable; readonly digest: string; readonly warnings: readonly string[] };

/** Throws a {@link StartRefused} that lists every problem, failed tests of the files included. */
export const routesIn = async (policies: string, options: RouteOptions): Promise<LiveRoutes> => {
  const folder = routesFolder(policies);
  const loaded = await loadRoutes({ folder, ...options });
  switch (loaded.kind) {
    case 'loaded':
      return { table: loaded.table, digest: loaded.digest, warnings: loaded.warnings.map(routeProblemText) };
    case 'refused':
      throw new StartRefused(
        listed('The route policies cannot be used', folder, loaded.problems.map(routeProblemText)),
      );
  }
};

const listed = (what: string, folder: string, problems: readonly string[]): string =>
  `${what} (${folder}):\n${problems.map((problem) => `  ${problem}`).join('\n')}`;
