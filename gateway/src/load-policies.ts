import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import { loadModel } from '@gatehouse/policies/model/load';
import type { ParsedModels } from '@gatehouse/policies/model/load';
import type { CompiledModel } from '@gatehouse/policies/model/compiled';
import { readModelSource } from '@gatehouse/policies/model/source';
import { ModelError, problemText } from '@gatehouse/policies/model/problem';
import { runStoreTests } from '@gatehouse/policies/model/store-test';
import type { AccountId } from '@gatehouse/policies/routes/bind-accounts';
import { compileRoutes } from '@gatehouse/policies/routes/load';
import { routeProblemText } from '@gatehouse/policies/routes/problem';
import { readFolder } from '@gatehouse/policies/routes/read-folder';
import type { RouteSource } from '@gatehouse/policies/routes/read-folder';
import type { RouteTable } from '@gatehouse/policies/routes/table';
import { folderPrint } from './policies/folder-print.ts';
import type { Watched } from './policies/folder-print.ts';
import { StartRefused } from './start-refused.ts';

export const modelFolder = (policies: string): string => join(policies, 'model');
export const routesFolder = (policies: string): string => join(policies, 'routes');

/** The tests beside a model, in a stable order. */
export const modelTestFiles = async (patterns: readonly string[]): Promise<readonly string[]> =>
  (await Array.fromAsync(glob([...patterns]))).toSorted();

export const modelTestPattern = (policies: string): string => join(modelFolder(policies), '**', '*.fga.yaml');

export type LoadedModel = { readonly model: CompiledModel; readonly digest: string };

/**
 * Throws a {@link StartRefused} that lists every problem with its file and line. A model that `kept` does not know yet is
 * kept only after its tests have passed.
 */
export const modelIn = async (policies: string, kept?: ParsedModels): Promise<LoadedModel> => {
  try {
    return await loadModel(modelFolder(policies), kept && keptOnceTested(policies, kept));
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    throw new StartRefused(
      listed('The authorization model cannot be used', modelFolder(policies), error.problems.map(problemText)),
    );
  }
};

/** Whether the files are those of this digest. Files that cannot be read are not. */
export const isModelOnDisk = async (policies: string, digest: string): Promise<boolean> => {
  try {
    return (await readModelSource(modelFolder(policies))).digest === digest;
  } catch (error) {
    if (error instanceof ModelError) return false;
    throw error;
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
  /** Names of the configured issuers of JWTs. Absent = any name is taken. */
  readonly jwtIssuers?: readonly string[];
};

/** A set of rules that may be put live, with the files that it was made from. */
export type LiveRoutes = {
  readonly table: RouteTable;
  readonly digest: string;
  readonly warnings: readonly string[];
  readonly sources: readonly RouteSource[];
};

export type RoutesRead =
  | { readonly kind: 'read'; readonly sources: readonly RouteSource[] }
  | { readonly kind: 'refused'; readonly problems: readonly string[] };

export type RoutesTried =
  | { readonly kind: 'loaded'; readonly routes: LiveRoutes }
  | { readonly kind: 'refused'; readonly problems: readonly string[] };

/** The files whose change may change the rules. */
export const watchedRoutes = (policies: string): Watched => ({
  folder: routesFolder(policies),
  counts: (name) => /\.ya?ml$/.test(name) && !name.startsWith('.'),
});

/** The files whose change calls for a restart. */
export const watchedModel = (policies: string): Watched => ({
  folder: modelFolder(policies),
  counts: (name) => /\.(fga|mod)$/.test(name),
  isDeep: true,
});

const readsMax = 5;

/** Of `<policies>/routes`, as they stood at one moment; each problem has file, line and column. */
export const readRoutes = async (policies: string): Promise<RoutesRead> => {
  const watched = watchedRoutes(policies);
  for (let reads = 0; reads < readsMax; reads += 1) {
    const before = await folderPrint(watched);
    const read = await readFolder(watched.folder);
    // Half of the old files and half of the new ones would be rules that nobody has written.
    if ((await folderPrint(watched)) !== before) continue;
    return read.kind === 'read' ? read : { kind: 'refused', problems: read.problems.map(routeProblemText) };
  }
  return {
    kind: 'refused',
    problems: [`${watched.folder}: the files were changed again and again while they were read`],
  };
};

/** From files to rules, by everything that can be asked of them, their own tests included. Rejects only when `accountId` does. */
export const tryRoutes = async (sources: readonly RouteSource[], options: RouteOptions): Promise<RoutesTried> => {
  const loaded = await compileRoutes(sources, { folder: 'routes', ...options });
  switch (loaded.kind) {
    case 'loaded': {
      const { table, digest, warnings } = loaded;
      return { kind: 'loaded', routes: { table, digest, warnings: warnings.map(routeProblemText), sources } };
    }
    case 'refused':
      return { kind: 'refused', problems: loaded.problems.map(routeProblemText) };
  }
};

/** Throws a {@link StartRefused} that lists every problem, failed tests of the files included. */
export const routesIn = async (policies: string, options: RouteOptions): Promise<LiveRoutes> => {
  const read = await readRoutes(policies);
  const tried = read.kind === 'refused' ? read : await tryRoutes(read.sources, options);
  switch (tried.kind) {
    case 'loaded':
      return tried.routes;
    case 'refused':
      throw new StartRefused(refusedText(routesFolder(policies), tried.problems));
  }
};

/** Every problem on a line of its own. */
export const refusedText = (place: string, problems: readonly string[]): string =>
  listed('The route policies cannot be used', place, problems);

const listed = (what: string, folder: string, problems: readonly string[]): string =>
  `${what} (${folder}):\n${problems.map((problem) => `  ${problem}`).join('\n')}`;
