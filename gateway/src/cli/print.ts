import type { Step } from '@gatehouse/policies/engine/engine';
import type { ExplainedQuestion } from '../operations/operations.ts';
import type { BesideRecord } from '../records/record.ts';
import { exitCodes } from './exit-codes.ts';
import type { ExitCode } from './exit-codes.ts';
import { errorStyle, style } from './style.ts';

const words = {
  allowed: style.good('allowed'),
  denied: style.bad('denied'),
  failed: style.warn('failed'),
  'bad-request': style.bad('unclear'),
} as const;

/** `unclear` stands for a part that the request could not be read for. */
export const answerText = (answer: keyof typeof words): string => words[answer];

/** One question with its answer and the tuples that led to it. */
export const printQuestion = (question: ExplainedQuestion, indent = ''): void => {
  const took = question.tookMs === undefined ? '' : style.quiet(` (${question.tookMs.toFixed(3)} ms)`);
  console.log(`${indent}${words[question.answer]}  ${question.names}${took}`);
  if (question.text !== question.names) console.log(style.quiet(`${indent}         ${question.text}`));
  if (question.message !== undefined) console.log(`${indent}  ${question.message}`);
  for (const step of question.path) console.log(`${indent}  ${style.quiet('because')} ${stepText(step)}`);
  for (const step of question.excludedBy) console.log(`${indent}  ${style.bad('but')}     ${stepText(step)}`);
};

/** One hop of a path, as people read it. */
export const stepText = (step: Step): string => {
  const tuple = step.tuple === undefined ? '' : `${step.tuple.subject} ${step.tuple.relation} ${step.tuple.object}`;
  switch (step.by) {
    case 'tuple':
    case 'wildcard':
      return tuple;
    case 'userset':
    case 'parent':
      return `${tuple} ${style.quiet(`→ ${step.relation} of ${step.object}`)}`;
    case 'computed':
      return `${step.relation} of ${step.object} ${style.quiet('(by the model)')}`;
    case 'self':
      return `${step.object}#${step.relation} ${style.quiet('is the subject itself')}`;
  }
};

/** What a rule in shadow or a candidate would have said, in one line. */
export const besideText = ({ kind, route, verdict, reason }: Omit<BesideRecord, 'asked'>): string =>
  `${kind === 'shadow' ? `in shadow, ${route}` : 'the candidate'} would have said ${style.strong(reason ?? verdict)}`;

/** A question that could not be asked at all. */
export const sayRefused = (message: string, json: boolean): ExitCode => {
  if (json) console.log(JSON.stringify({ error: message }));
  else console.error(errorStyle.bad(message));
  return exitCodes.unable;
};
