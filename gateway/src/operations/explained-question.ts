import type { Ref } from '@gatehouse/policies/engine/engine';
import type { Asked } from '@gatehouse/policies/routes/rule-context';
import { readable } from './directory.ts';
import type { Directory } from './directory.ts';
import type { ExplainingEngine } from './explaining-engine.ts';
import type { ExplainedQuestion } from './operations.ts';

type Question = { readonly subject: Ref; readonly relation: string; readonly object: Ref };

/** Something asked on the way, as people read it. What no engine can be asked is shown as it was found. */
export const explainedAsked = async (
  directory: Directory,
  explaining: ExplainingEngine,
  asked: Asked,
): Promise<ExplainedQuestion> => {
  switch (asked.kind) {
    case 'check':
      return explainedQuestion(directory, explaining, asked);
    case 'within':
      return { ...(await worded(directory, asked)), answer: asked.answer, path: [], excludedBy: [] };
  }
};

/** A question that the engine was asked, with the way that led to its answer. Throws when it was not asked. */
export const explainedQuestion = async (
  directory: Directory,
  { told }: ExplainingEngine,
  question: Question,
): Promise<ExplainedQuestion> => {
  const answer = told(question);
  if (answer === undefined) throw new Error(`nobody asked ${question.subject} ${question.relation} ${question.object}`);
  const { decision, path, excludedBy, tookMs } = answer;
  return {
    ...(await worded(directory, question)),
    answer: decision.verdict,
    ...(decision.verdict === 'failed' ? { message: decision.message } : {}),
    path,
    excludedBy,
    tookMs,
  };
};

/** In ids, and in names. */
export const worded = async (directory: Directory, { subject, relation, object }: Question) => ({
  text: `${subject} ${relation} ${object}`,
  names: `${await readable(directory, subject)} ${relation} ${await readable(directory, object)}`,
});
