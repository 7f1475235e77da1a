import { safeMethods } from './methods.ts';
import { refuseKey } from './rule-draft.ts';
import type { RuleDraft, RuleKey } from './rule-draft.ts';
import type { RuleEntry } from './rule-schema.ts';

/** What an effect does needs somebody who is known: to ask about, to count for, to give content to. */
const effects = ['acting', 'registers', 'forgets', 'filter', 'meter'] as const;
/** A safe method (RFC 9110, 9.2.1) changes nothing, so there is nothing to register and nothing gone. */

const pairs: readonly (readonly [key: RuleKey, other: RuleKey, why: string])[] = [
  ['filter', 'registers', 'an answer is either filtered or registered'],
  ['forgets', 'registers', 'content is either registered or forgotten'],
];

/** Refuses keys that do not go with the rule's sentence, its methods or each other. True when all do. */
export const checkTogether = (draft: RuleDraft, entry: RuleEntry): boolean => {
  const faults = [...callerFaults(draft, entry), ...methodFaults(draft, entry), ...pairFaults(entry)];
  for (const [key, message] of faults) refuseKey(draft, key, message);
  return faults.length === 0;
};

type KeyFault = readonly [key: RuleKey, message: string];

const callerFaults = ({ openness }: RuleDraft, entry: RuleEntry): readonly KeyFault[] => {
  if (openness === 'depends') return [];
  const why =
    openness === 'open'
      ? 'needs a caller, and this rule lets everyone in without asking who it is'
      : 'never runs: this rule lets nobody in';
  return effects.flatMap((key) => (entry[key] === undefined ? [] : [[key, `\`${key}\` ${why}`] as const]));
};

const methodFaults = ({ methods }: RuleDraft, entry: RuleEntry): readonly KeyFault[] => {
  const safe = methods.find((method) => safeMethods.has(method));
  const notGet = methods.find((method) => method !== 'GET');
  return [
    ...(['registers', 'forgets'] as const).flatMap((key): readonly KeyFault[] =>
      entry[key] === undefined || safe === undefined
        ? []
        : [[key, `\`${key}\` does not go with ${safe}, which changes nothing`]],
    ),
    ...(entry.filter === undefined || notGet === undefined
      ? []
      : [['filter', `\`filter\` goes with GET alone, not with ${notGet}`] as const]),
  ];
};

const pairFaults = (entry: RuleEntry): readonly KeyFault[] =>
  pairs.flatMap(([key, other, why]): readonly KeyFault[] =>
    entry[key] === undefined || entry[other] === undefined
      ? []
      : [[key, `\`${key}\` does not go with \`${other}\`: ${why}`]],
  );
