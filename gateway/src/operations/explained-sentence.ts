import type { ExplainedSentence } from '@gatehouse/policies/routes/explain-sentence';
import { printSentence } from '@gatehouse/policies/routes/sentence';
import type { Directory } from './directory.ts';
import { worded } from './explained-question.ts';
import type { ExplainedPart } from './operations.ts';

/** A sentence and its parts as people read them, each with what it lacks. */
export const explainedPart = async (directory: Directory, part: ExplainedSentence): Promise<ExplainedPart> => {
  const { sentence, outcome } = part;
  const lacks = await lackOf(directory, part);
  return {
    text: printSentence(sentence),
    answer: outcome.kind === 'bad' ? 'bad-request' : outcome.kind,
    ...(lacks === undefined ? {} : { lacks }),
    parts: await Promise.all(part.parts.map((one) => explainedPart(directory, one))),
  };
};

/** What stands in the way, in the sentence's smallest parts. */
export const lacksOf = ({ answer, lacks, parts }: ExplainedPart): readonly string[] => {
  if (answer === 'allowed') return [];
  return parts.length === 0 ? [lacks ?? answer] : parts.flatMap(lacksOf);
};

const lackOf = async (directory: Directory, part: ExplainedSentence): Promise<string | undefined> => {
  const { outcome } = part;
  switch (outcome.kind) {
    case 'allowed':
      return undefined;
    case 'failed':
      return outcome.message;
    case 'bad':
      return outcome.detail;
    case 'denied':
      return outcome.reason === 'out_of_scope' ? outOfScope(part) : deniedBy(directory, part);
  }
};

const outOfScope = ({ sentence }: ExplainedSentence): string =>
  sentence.kind === 'permission'
    ? `a credential whose scopes cover ${sentence.relation} on ${sentence.object.type}`
    : 'a credential whose scopes open the application';

/** What is lacking where nothing would help. */
export const closedText = 'nothing helps: the rule is closed to everybody';

const deniedBy = async (directory: Directory, { sentence, asked }: ExplainedSentence): Promise<string> => {
  switch (sentence.kind) {
    case 'everyone':
    case 'signed-in':
    case 'nobody':
      return closedText;
    case 'any':
      return 'one of its parts';
    case 'all':
      return 'each of its parts';
    case 'permission': {
      const denied = asked.findLast(({ answer }) => answer === 'denied');
      return denied === undefined ? 'an organization of that name' : (await worded(directory, denied)).names;
    }
  }
};
