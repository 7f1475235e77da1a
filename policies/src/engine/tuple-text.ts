import type { Tuple } from './engine.ts';

/** `user:bob viewer organization:acme`. No two tuples have the same text: blanks stand in no reference. */
export const tupleText = ({ subject, relation, object }: Tuple): string => `${subject} ${relation} ${object}`;
