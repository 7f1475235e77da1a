import type { Engine } from '@gatehouse/policies/engine/engine';
import type { RouteTable } from '@gatehouse/policies/routes/table';
import type { Decider } from '../decide.ts';
import type { DecisionRecord } from '../records/record.ts';
import type { RecentLines } from '../records/recent-lines.ts';
import { namedRef, subjectRef } from './directory.ts';
import type { Directory } from './directory.ts';
import { explain } from './explain.ts';
import { explainedQuestion } from './explained-question.ts';
import { explainingEngine } from './explaining-engine.ts';
import type { CheckAnswer, CheckAsked, DecisionsAnswer, DecisionsAsked, Questions } from './operations.ts';

type Parts = {
  readonly engine: Engine;
  readonly directory: Directory;
  readonly decideAs: Decider['decideAs'];
  readonly routes: () => { readonly table: RouteTable; readonly digest: string };
  /** Absent where no requests are decided. */
  readonly recent: RecentLines | undefined;
};

/** Answers an operator's questions from the parts that decide requests: never a second opinion. */
export const answerOperations = (parts: Parts): Questions => ({
  check: (asked) => check(parts, asked),
  explain: (asked) => explain(parts, asked),
  decisions: async (asked) => newestDecisions(parts, asked),
});

const newestDecisions = ({ recent }: Parts, { limit, refused }: DecisionsAsked): DecisionsAnswer => {
  if (recent === undefined) {
    const message = 'No gateway runs on this data folder; older decisions stand in its log/decisions.jsonl.';
    return { kind: 'refused', message };
  }
  const newest = recent.newest(refused ? Infinity : limit).map((line) => JSON.parse(line) as DecisionRecord);
  const decisions = refused ? newest.filter(({ verdict }) => verdict !== 'allow').slice(0, limit) : newest;
  return { kind: 'answer', decisions };
};

const check = async ({ engine, directory }: Parts, asked: CheckAsked): Promise<CheckAnswer> => {
  const subject = await subjectRef(directory, asked.subject);
  if (subject.kind === 'unknown') return { kind: 'refused', message: subject.message };
  const object = await namedRef(directory, asked.object);
  if (object.kind === 'unknown') return { kind: 'refused', message: object.message };
  const question = { subject: subject.ref, relation: asked.relation, object: object.ref };
  const explaining = explainingEngine(engine);
  await explaining.engine.check({ ...question, consistency: 'fresh' });
  return { kind: 'answer', question: await explainedQuestion(directory, explaining, question) };
};
