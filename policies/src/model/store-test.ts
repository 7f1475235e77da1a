import { basename } from 'node:path';
import { embedded } from '../engine/embedded/embedded.ts';
import { ModelError } from './problem.ts';
import { readStoreTestFile } from './store-test-file.ts';
import type { Decision, Ref, Step, Tuple } from '../engine/engine.ts';
import type { EmbeddedEngine } from '../engine/embedded/embedded.ts';
import type { ModelProblem } from './problem.ts';
import type { PlacedTuple, StoreTest, StoreTestFile } from './store-test-file.ts';

/** One assertion of a store test, run. */
export type AssertionResult = {
  readonly file: string;
  readonly line: number;
  readonly test: string;
  /** `user:bob can_view organization:acme`, or the list asked for. */
  readonly assertion: string;
  /** `allowed`, `denied`, or a list; `got` may also be an error's code and message. */
  readonly expected: string;
  readonly got: string;
  readonly passed: boolean;
  /** What led to the answer, for a check. */
  readonly path: readonly Step[];
  readonly excludedBy: readonly Step[];
};

/** `problems` say why a file, or a test of it, could not be run; such a file has failed. */
export type StoreTestReport = {
  readonly file: string;
  readonly name: string;
  readonly results: readonly AssertionResult[];
  readonly problems: readonly ModelProblem[];
};

/**
 * Runs a `*.fga.yaml` file (OpenFGA's store tests) on the embedded engine. Never throws for what stands in the file.
 * Lists are found by asking about every candidate that the tuples name; conditions and contexts are refused.
 */
export const runStoreTests = async (path: string, shownAs = basename(path)): Promise<StoreTestReport> => {
  try {
    const file = await readStoreTestFile(path, shownAs);
    const reports = await Promise.all(file.tests.map(async (_, at) => runTest(file, shownAs, at)));
    return {
      file: shownAs,
      name: file.name,
      results: reports.flatMap((r) => r.results),
      problems: reports.flatMap((r) => r.problems),
    };
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    return { file: shownAs, name: shownAs, results: [], problems: error.problems };
  }
};

type Ran = { readonly results: readonly AssertionResult[]; readonly problems: readonly ModelProblem[] };

type Running = {
  readonly engine: EmbeddedEngine;
  readonly tuples: readonly Tuple[];
  readonly lineOf: (...path: readonly PropertyKey[]) => number;
  readonly result: (
    line: number,
    assertion: string,
    expected: string,
    got: string,
    why?: Partial<AssertionResult>,
  ) => AssertionResult;
};

const runTest = async (file: StoreTestFile, shownAs: string, at: number): Promise<Ran> => {
  const { test, tuples: own } = file.tests[at]!;
  const placed = [...file.tuples, ...own];
  const engine = await embedded({ model: file.model });
  const problems = await writeAll(engine, placed);
  if (problems.length > 0) return { results: [], problems };
  const name = test.name ?? `test ${at + 1}`;
  const running: Running = {
    engine,
    tuples: placed.map(({ tuple }) => tuple),
    lineOf: (...path) => file.lineOf(['tests', at, ...path]),
    result: (line, assertion, expected, got, why) => ({
      file: shownAs,
      line,
      test: name,
      assertion,
      expected,
      got,
      passed: expected === got,
      path: why?.path ?? [],
      excludedBy: why?.excludedBy ?? [],
    }),
  };
  return {
    results: [...checks(test, running), ...objectLists(test, running), ...userLists(test, running)],
    problems: [],
  };
};

/** One by one, so that each refused tuple is named with its line; one given twice is refused as well. */
const writeAll = async (engine: EmbeddedEngine, placed: readonly PlacedTuple[]): Promise<readonly ModelProblem[]> => {
  const problems: ModelProblem[] = [];
  for (const { tuple, file, line } of placed) {
    const written = await engine.write({ writes: [tuple], deletes: [] });
    if (written.kind === 'refused') problems.push({ file, line, message: written.message });
  }
  return problems;
};

const outcome = (decision: Decision): string =>
  decision.verdict === 'failed' ? `${decision.code}: ${decision.message}` : decision.verdict;

const checks = (test: StoreTest, { engine, lineOf, result }: Running): readonly AssertionResult[] =>
  (test.check ?? []).flatMap(({ user, users, object, objects, assertions }, at) =>
    Object.entries(assertions).flatMap(([relation, expected]) =>
      (users ?? [user!]).flatMap((subject) =>
        (objects ?? [object!]).map((target) => {
          const why = engine.explain({
            subject: subject as Ref,
            relation,
            object: target as Ref,
            consistency: 'fresh',
          });
          const line = lineOf('check', at, 'assertions', relation);
          return result(
            line,
            `${subject} ${relation} ${target}`,
            expected ? 'allowed' : 'denied',
            outcome(why.decision),
            why,
          );
        }),
      ),
    ),
  );

const objectLists = (test: StoreTest, { engine, tuples, lineOf, result }: Running): readonly AssertionResult[] =>
  (test.list_objects ?? []).flatMap(({ user, type, assertions }, at) => {
    const candidates = namesOf(tuples, type);
    return Object.entries(assertions).map(([relation, expected]) => {
      // The first question is about nobody's object, so that a wrong name is told even when there are no candidates.
      const asked = [`${type}:-`, ...candidates].map((object) => ({
        name: object,
        decision: ask(engine, user, relation, object),
      }));
      const line = lineOf('list_objects', at, 'assertions', relation);
      return result(line, `${user} ${relation} ${type}:…`, listText(expected), listOf(asked));
    });
  });

const userLists = (test: StoreTest, { engine, tuples, lineOf, result }: Running): readonly AssertionResult[] =>
  (test.list_users ?? []).flatMap(({ object, user_filter: [filter], assertions }, at) => {
    const { type, relation: userset } = filter!;
    const suffix = userset === undefined ? '' : `#${userset}`;
    const candidates = namesOf(tuples, type).map((name) => `${name}${suffix}`);
    return Object.entries(assertions).map(([relation, { users }]) => {
      const asked = [`${type}:-${suffix}`, ...candidates].map((name) => ({
        name,
        decision: ask(engine, name, relation, object),
      }));
      const isForEverybody = suffix === '' && ask(engine, `${type}:*`, relation, object).verdict === 'allowed';
      const got = isForEverybody ? `list_users of what is open to ${type}:* is not yet supported` : listOf(asked);
      return result(
        lineOf('list_users', at, 'assertions', relation),
        `${type}:…${suffix} ${relation} ${object}`,
        listText(users),
        got,
      );
    });
  });

const ask = (engine: EmbeddedEngine, subject: string, relation: string, object: string): Decision =>
  engine.check({ subject: subject as Ref, relation, object: object as Ref, consistency: 'fresh' });

/** Every object of a type that a tuple names, on either side. */
const namesOf = (tuples: readonly Tuple[], type: string): readonly string[] => {
  const names = tuples.flatMap(({ subject, object }) => [subject.split('#')[0]!, object]);
  return [...new Set(names)].filter((name) => name.startsWith(`${type}:`) && !name.endsWith(':*'));
};

const listOf = (asked: readonly { readonly name: string; readonly decision: Decision }[]): string => {
  const failed = asked.find(({ decision }) => decision.verdict === 'failed');
  if (failed !== undefined) return outcome(failed.decision);
  return listText(asked.filter(({ decision }) => decision.verdict === 'allowed').map(({ name }) => name));
};

const listText = (names: readonly string[]): string => (names.length === 0 ? 'none' : names.toSorted().join(', '));
