import { addProblem } from './compiling.ts';
import type { Place } from './compiling.ts';
import type { Position } from '../yaml-document.ts';
import type { SyntaxFault } from './fault.ts';
import type { Openness } from './openness.ts';
import type { Segment } from './rule.ts';
import type { RuleEntry } from './rule-schema.ts';
import type { YamlPath } from './yaml-file.ts';

/** A rule on its way whose key and sentence are read: what its other keys are checked against. */
export type RuleDraft = {
  readonly place: Place;
  readonly methods: readonly string[];
  readonly segments: readonly Segment[];
  /** Names of the parameters of path and host. */
  readonly params: readonly string[];
  readonly allow: string;
  readonly openness: Openness;
};

export type RuleKey = keyof RuleEntry;

/**
 * What is wrong, and where: `at` leads on from the key, `offset` characters into the text that stands there. `names` says
 * that the last step of `at` is to blame itself, not what it leads to.
 */
export type Refusal = {
  readonly at?: YamlPath;
  readonly names?: 'the key';
  readonly offset?: number;
  readonly message: string;
  readonly suggestion?: string | undefined;
};

/** Notes a problem with the value of a key. */
export const refuseValue = (
  { place: { compiling, path } }: RuleDraft,
  key: RuleKey,
  { at = [], names, offset, message, suggestion }: Refusal,
): undefined => {
  const whole = [...path, key, ...at];
  const position = names === 'the key' ? compiling.yaml.keyAt(whole) : compiling.yaml.at(whole, offset);
  return addProblem(compiling, position, message, suggestion);
};

/** The same with what a parser found. */
export const refuseSyntax = (draft: RuleDraft, key: RuleKey, { at, message, suggestion }: SyntaxFault): undefined =>
  refuseValue(draft, key, { offset: at, message, suggestion });

/** Notes a problem with a key that should not stand here at all. */
export const refuseKey = ({ place: { compiling, path } }: RuleDraft, key: RuleKey, message: string): undefined =>
  addProblem(compiling, compiling.yaml.keyAt([...path, key]), message);

/** Where a piece of a key's text stands. */
export const pieceAt = ({ compiling, path }: Place, key: RuleKey, text: string, piece: string): Position =>
  compiling.yaml.at([...path, key], Math.max(0, text.indexOf(piece)));
