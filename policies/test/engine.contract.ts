import { describe, expect, it } from 'vitest';
import { cases } from './engine.contract.cases.ts';
import { explains } from './engine.contract.explains.ts';
import { leastFixpointCases, walks } from './engine.contract.walks.ts';
import { migrates } from './engine.contract.earlier.ts';
import { modelOf, outcome, queryOf, tupleOf } from './world.ts';
import { reads, writes } from './engine.contract.writes.ts';
import type { Case } from './engine.contract.cases.ts';
import type { MakeEngine } from './world.ts';

/**
 * What every engine must do. `answersLeastFixpoint: false` leaves out the shapes on which OpenFGA's server
 * answers by chance.
 */
export const engineContract = (name: string, make: MakeEngine, { answersLeastFixpoint = true } = {}): void => {
  describe(`${name}, an engine`, () => {
    const rows = [...cases, ...walks, ...(answersLeastFixpoint ? leastFixpointCases : [])];
    for (const row of rows) it(row.title, () => expectAnswers(make, row));
    describe('write', () => writes(make));
    describe('read', () => reads(make));
    describe('explain', () => explains(make));
    describe('with tuples of an earlier model', () => migrates(make));
  });
};

const expectAnswers = async (make: MakeEngine, { types, tuples, asks }: Case): Promise<void> => {
  const engine = await make({ model: await modelOf(types) });
  for (let at = 0; at < tuples.length; at += 100) {
    const written = await engine.write({ writes: tuples.slice(at, at + 100).map(tupleOf), deletes: [] });
    expect(written).toMatchObject({ kind: 'written' });
  }
  const questions = asks.map((ask) => ask.slice(0, ask.lastIndexOf(' ')));
  const one: string[] = [];
  for (const question of questions) one.push(`${question} ${outcome(await engine.check(queryOf(question)))}`);
  expect(one).toEqual(asks);
  const many = await engine.checkMany(questions.map(queryOf));
  expect(questions.map((question, at) => `${question} ${outcome(many[at]!)}`)).toEqual(asks);
  for (const [at, question] of questions.entries()) {
    const { decision, path } = await engine.explain(queryOf(question));
    expect(`${question} ${outcome(decision)}`).toBe(asks[at]);
    expect(path.length > 0).toBe(decision.verdict === 'allowed');
  }
};
