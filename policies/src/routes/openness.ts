import type { Sentence } from './rule.ts';

export type Openness = 'open' | 'closed' | 'depends';

/** What a sentence says before anyone is known: `open` to everyone, `closed` to everyone, or it depends on the caller. */
export const opennessOf = (sentence: Sentence): Openness => {
  switch (sentence.kind) {
    case 'everyone':
      return 'open';
    case 'nobody':
      return 'closed';
    case 'signed-in':
    case 'permission':
      return 'depends';
    case 'any':
      return strongest(sentence.of, 'open', 'closed');
    case 'all':
      return strongest(sentence.of, 'closed', 'open');
  }
};

/** `decisive` when one part says so, `otherwise` when all do. */
const strongest = (of: readonly Sentence[], decisive: Openness, otherwise: Openness): Openness => {
  const said = of.map(opennessOf);
  if (said.includes(decisive)) return decisive;
  return said.every((one) => one === otherwise) ? otherwise : 'depends';
};
