import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import syntax from '@openfga/syntax-transformer';
import { asks, tuplesArb, tupleText, worldArb } from './random-world.ts';
import { compileModel } from '../src/model/compiled.ts';
import { embedded } from '../src/engine/embedded/embedded.ts';
import { ModelError } from '../src/model/problem.ts';
import { oracle } from './oracle.ts';
import type { AuthorizationModel } from '@openfga/sdk';
import type { CompiledModel } from '../src/model/compiled.ts';
import type { Decision, Query, Tuple, TupleStore } from '../src/engine/engine.ts';
import type { RandomWorld } from './random-world.ts';

/** `GATEHOUSE_PROPERTY_RUNS=100000` for a long search; `GATEHOUSE_PROPERTY_SEED` repeats one. */
const numRuns = Number(process.env['GATEHOUSE_PROPERTY_RUNS'] ?? 2_000);
const seed = process.env['GATEHOUSE_PROPERTY_SEED'];
const parameters = { numRuns, ...(seed === undefined ? {} : { seed: Number(seed) }) };

const storeOf = (tuples: readonly Tuple[]): TupleStore => {
  let commits = 0;
  return {
    load: async function* () {
      yield tuples;
    },
    commit: async () => `r${++commits}`,
  };
};

/** Some random models lack an entry point; they are passed over. */
const compiled = (world: RandomWorld): CompiledModel => {
  try {
    return compileModel(world.json);
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    fc.pre(false);
    throw error;
  }
};

/** The world as a store test, to be saved and run by hand. */
const asStoreTest = (world: RandomWorld, tuples: readonly Tuple[], query: Query, expected: boolean): string =>
  [
    'model: |',
    ...syntax.transformer
      .transformJSONToDSL(world.json as unknown as Omit<AuthorizationModel, 'id'>)
      .split('\n')
      .map((row) => `  ${row}`),
    'tuples:',
    ...tuples.map(
      ({ subject, relation, object }) => `  - { user: '${subject}', relation: ${relation}, object: '${object}' }`,
    ),
    'tests:',
    '  - check:',
    `      - user: '${query.subject}'`,
    `        object: '${query.object}'`,
    `        assertions: { ${query.relation}: ${expected} }`,
  ].join('\n');

const questions = asks.subjects.flatMap((subject) =>
  asks.objects.flatMap((object) =>
    asks.relations.map((relation): Query => ({ subject, relation, object, consistency: 'fresh' })),
  ),
);

const expectOracle = (
  world: RandomWorld,
  tuples: readonly Tuple[],
  model: CompiledModel,
  ask: (query: Query) => Decision,
): { allowed: number; denied: number } => {
  const truth = oracle(model, tuples, world.strata, asks.objects);
  const counts = { allowed: 0, denied: 0 };
  let subject = '';
  let holds: ReadonlySet<string> = new Set();
  for (const query of questions) {
    if (query.subject !== subject) holds = truth(query.subject);
    subject = query.subject;
    const expected = holds.has(`${query.object}#${query.relation}`);
    const decision = ask(query);
    counts[expected ? 'allowed' : 'denied']++;
    if (decision.verdict === (expected ? 'allowed' : 'denied')) continue;
    throw new Error(`the engine says ${JSON.stringify(decision)}\n${asStoreTest(world, tuples, query, expected)}`);
  }
  return counts;
};

describe('embedded, on random worlds', () => {
  it('gives the least fixpoint, and explains it', { timeout: 600_000 }, async () => {
    const total = { allowed: 0, denied: 0 };
    await fc.assert(
      fc.asyncProperty(worldArb, async (world) => {
        const model = compiled(world);
        const engine = await embedded({ model, store: storeOf(world.tuples) });
        const stored = new Set(world.tuples.map(tupleText));
        const counts = expectOracle(world, world.tuples, model, (query) => {
          const decision = engine.check(query);
          const told = engine.explain(query);
          if (told.decision !== decision) throw new Error(`check and explain differ on ${tupleText(query)}`);
          if ((decision.verdict === 'allowed') !== told.path.length > 0)
            throw new Error(`path of ${tupleText(query)}: ${JSON.stringify(told.path)}`);
          const invented = [...told.path, ...told.excludedBy].find(
            ({ tuple }) => tuple !== undefined && !stored.has(tupleText(tuple)),
          );
          if (invented !== undefined)
            throw new Error(`explained by a tuple that does not exist: ${JSON.stringify(invented)}`);
          return decision;
        });
        total.allowed += counts.allowed;
        total.denied += counts.denied;
      }),
      parameters,
    );
    // A generator that drifts into worlds where nothing holds would prove nothing.
    expect(total.allowed / (total.allowed + total.denied)).toBeGreaterThan(0.05);
  });

  it('answers after writes and deletes as if it had been started on the result', { timeout: 600_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(worldArb, tuplesArb, fc.array(fc.boolean(), { maxLength: 40 }), async (world, more, drop) => {
        const model = compiled(world);
        const engine = await embedded({ model, store: storeOf(world.tuples) });
        let expected = [...world.tuples];
        for (const [at, tuple] of more.entries()) {
          const written = await engine.write({ writes: [tuple], deletes: [] });
          if (written.kind === 'written') expected.push(tuple);
          const victim = drop[at] === true ? expected[at % expected.length] : undefined;
          if (victim === undefined) continue;
          expect(await engine.write({ writes: [], deletes: [victim] })).toMatchObject({ kind: 'written' });
          expected = expected.filter((kept) => kept !== victim);
        }
        expect(
          ['g:', 'd:'].flatMap((object) => engine.read({ object: object as `${string}:` }).map(tupleText)).toSorted(),
        ).toEqual(expected.map(tupleText).toSorted());
        expectOracle(world, expected, model, engine.check);
      }),
      { ...parameters, numRuns: Math.ceil(numRuns / 10) },
    );
  });
});
