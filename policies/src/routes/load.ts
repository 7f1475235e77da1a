import { filesDigest } from '../files-digest.ts';
import { bindAccounts } from './bind-accounts.ts';
import { compileFile } from './compile-file.ts';
import { duplicates, unreachable } from './conflicts.ts';
import { runInlineTests } from './inline-tests.ts';
import { readFolder } from './read-folder.ts';
import { readYaml } from './yaml-file.ts';
import { fileStart, routeProblem } from './problem.ts';
import { checkShape } from './schema.ts';
import { routeTable } from './table.ts';
import type { CompiledModel } from '../model/compiled.ts';
import type { AccountId } from './bind-accounts.ts';
import type { CompiledFile } from './compile-file.ts';
import type { PlacedRule } from './compile-rule.ts';
import type { RouteProblem } from './problem.ts';
import type { RouteSource } from './read-folder.ts';
import type { Rule } from './rule.ts';
import type { RouteFile } from './schema.ts';
import type { RouteTable } from './table.ts';
import type { YamlFile } from './yaml-file.ts';

export type LoadOptions = {
  readonly folder: string;
  readonly model: CompiledModel;
  /** Finds the account that a rule names by slug (`organization:acme`); without one the rule refuses everybody. */
  readonly accountId: AccountId;
  /** Origins by `app.name` in place of those in the files, for tests and benchmarks. */
  readonly upstreams?: Readonly<Record<string, string>>;
  /** Names of the configured issuers of JWTs, for `credentials: [jwt:NAME]`. Absent = any name is taken. */
  readonly jwtIssuers?: readonly string[];
};

/** `digest` is SHA-256, hexadecimal, over names and bytes of the files. */
export type RoutesLoaded =
  | {
      readonly kind: 'loaded';
      readonly table: RouteTable;
      readonly digest: string;
      readonly rules: readonly Rule[];
      readonly warnings: readonly RouteProblem[];
    }
  | { readonly kind: 'refused'; readonly problems: readonly RouteProblem[] };

type Shaped = { readonly yaml: YamlFile; readonly data: RouteFile };
type Stage<Value> =
  | { readonly kind: 'ok'; readonly value: Value }
  | { readonly kind: 'broken'; readonly problems: readonly RouteProblem[] };

/**
 * From a folder to a table that can be put live: everything is read, checked against the model and each other, and
 * tested before anything is handed over, so the caller swaps a whole table or keeps the one it has.
 * Rejects only when `accountId` does.
 */
export const loadRoutes = async (options: LoadOptions): Promise<RoutesLoaded> => {
  const read = await readFolder(options.folder);
  return read.kind === 'broken' ? refused(read.problems) : compileRoutes(read.sources, options);
};

/** The same for files that are not in a folder. */
export const compileRoutes = async (sources: readonly RouteSource[], options: LoadOptions): Promise<RoutesLoaded> => {
  const shaped = shapeAll(sources);
  if (shaped.kind === 'broken') return refused(shaped.problems);
  const digest = sourcesDigest(sources);
  const compiled = compileAll(shaped.value, digest, options);
  if (compiled.kind === 'broken') return refused(compiled.problems);
  const { placed, table, warnings } = compiled.value;
  const failures = await testAll(shaped.value, table, options.model);
  if (failures.length > 0) return refused(failures);
  const bound = await bindAccounts(placed, options.accountId);
  const hasSlugs = bound.rules.some((rule, index) => rule !== table.rules[index]);
  return {
    kind: 'loaded',
    table: hasSlugs ? routeTable(bound.rules, options.model.parentsOf, digest) : table,
    digest,
    rules: bound.rules,
    warnings: [...warnings, ...bound.warnings].toSorted(byPlace),
  };
};

/** What `RoutesLoaded` calls `digest`: known before anything is compiled. */
export const sourcesDigest = (sources: readonly RouteSource[]): string =>
  filesDigest(sources.map(({ file, bytes }) => ({ name: file, content: bytes })));

const shapeAll = (sources: readonly RouteSource[]): Stage<readonly Shaped[]> => {
  const problems: RouteProblem[] = [];
  const shaped: Shaped[] = [];
  for (const source of sources) {
    const one = shapeOne(source);
    if (one.kind === 'broken') problems.push(...one.problems);
    else shaped.push(one.value);
  }
  problems.push(...appsTwice(shaped));
  return problems.length > 0 ? { kind: 'broken', problems } : { kind: 'ok', value: shaped };
};

const shapeOne = ({ file, bytes }: RouteSource): Stage<Shaped> => {
  const text = decode(bytes);
  if (text === undefined)
    return { kind: 'broken', problems: [routeProblem(file, fileStart, 'the file is not UTF-8 text')] };
  const read = readYaml(file, text);
  if (read.kind === 'broken') return read;
  const shape = checkShape(read.yaml);
  return shape.kind === 'broken' ? shape : { kind: 'ok', value: { yaml: read.yaml, data: shape.data } };
};

const decode = (bytes: Uint8Array): string | undefined => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
};

const appsTwice = (shaped: readonly Shaped[]): readonly RouteProblem[] =>
  shaped.flatMap(({ yaml, data }, index) => {
    const before = shaped.slice(0, index).find((other) => other.data.app === data.app);
    return before === undefined
      ? []
      : [
          routeProblem(
            yaml.file,
            yaml.at(['app']),
            `the application "${data.app}" has a file already: ${before.yaml.file}`,
          ),
        ];
  });

type Compiled = {
  readonly placed: readonly PlacedRule[];
  readonly table: RouteTable;
  readonly warnings: readonly RouteProblem[];
};

const compileAll = (
  shaped: readonly Shaped[],
  digest: string,
  { folder, model, upstreams = {}, jwtIssuers }: LoadOptions,
): Stage<Compiled> => {
  const files: readonly CompiledFile[] = shaped.map(({ yaml, data }) =>
    compileFile({ yaml, data, model, upstreams, jwtIssuers }),
  );
  const known = new Set(shaped.flatMap(({ data }) => Object.keys(data.upstreams).map((name) => `${data.app}.${name}`)));
  const unknownUpstreams = Object.keys(upstreams).filter((key) => !known.has(key));
  const problems = [
    ...unknownUpstreams.map((key) =>
      routeProblem(folder, fileStart, `no file has the upstream "${key}" that an origin is given for`),
    ),
    ...files.flatMap((file) => file.problems),
  ];
  const placed = files.flatMap((file) => file.rules);
  if (problems.length === 0) problems.push(...duplicates(placed));
  if (problems.length > 0) return { kind: 'broken', problems };
  const rules = placed.map(({ rule }) => rule);
  const table = routeTable(rules, model.parentsOf, digest);
  // Reachability is only asked of rules that do not repeat each other.
  const stranded = unreachable(placed, table);
  if (stranded.length > 0) return { kind: 'broken', problems: stranded };
  return { kind: 'ok', value: { placed, table, warnings: files.flatMap((file) => file.warnings) } };
};

/** Names are ids in the tests' worlds, so the rules are tested before slugs become ids. */
const testAll = async (
  shaped: readonly Shaped[],
  table: RouteTable,
  model: CompiledModel,
): Promise<readonly RouteProblem[]> => {
  const problems: RouteProblem[] = [];
  for (const { yaml, data } of shaped)
    if (data.tests !== undefined) problems.push(...(await runInlineTests(yaml, data.tests, table, model)));
  return problems;
};

const refused = (problems: readonly RouteProblem[]): RoutesLoaded => ({
  kind: 'refused',
  problems: problems.toSorted(byPlace),
});

const byPlace = (left: RouteProblem, right: RouteProblem): number =>
  left.file === right.file ? left.line - right.line || left.column - right.column : left.file < right.file ? -1 : 1;
