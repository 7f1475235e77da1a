import { evaluateSentence } from './evaluate-sentence.ts';
import type { Account } from '../principal.ts';
import type { SentenceOutcome } from './evaluate-sentence.ts';
import type { Asked, RuleContext } from './rule-context.ts';
import type { Sentence } from './rule.ts';

/** A sentence, or a part of one, with what it comes to for one caller. */
export type ExplainedSentence = {
  readonly sentence: Sentence;
  readonly outcome: SentenceOutcome;
  /** What was asked for it. */
  readonly asked: readonly Asked[];
  /** Those of `any of` and `all of`, every one of them. */
  readonly parts: readonly ExplainedSentence[];
};

/**
 * Evaluates every part of a sentence for itself, also those that a request does not get to because another part has settled
 * it: for people who want to know what each of them lacks. Asks more than a request does, some questions more than once.
 */
export const explainSentence = async (
  context: Omit<RuleContext, 'asked'>,
  account: Account,
  sentence: Sentence,
): Promise<ExplainedSentence> => {
  const asked: Asked[] = [];
  const outcome = await evaluateSentence({ ...context, asked }, account, sentence);
  const parts: ExplainedSentence[] = [];
  for (const part of partsOf(sentence)) parts.push(await explainSentence(context, account, part));
  return { sentence, outcome, asked, parts };
};

const partsOf = (sentence: Sentence): readonly Sentence[] => {
  switch (sentence.kind) {
    case 'everyone':
    case 'signed-in':
    case 'nobody':
    case 'permission':
      return [];
    case 'any':
    case 'all':
      return sentence.of;
  }
};
