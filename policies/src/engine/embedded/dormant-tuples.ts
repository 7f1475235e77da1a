import type { Tuple } from '../engine.ts';

export type Sequenced = { readonly tuple: Tuple; readonly sequence: number };

/** Tuples that an earlier model admitted and this one does not: read and deleted like others, never asked. */
export const dormantTuples = () => {
  const tuples = new Map<string, Sequenced>();
  // Blanks cannot stand inside a reference that was ever written.
  const keyOf = ({ subject, relation, object }: Tuple): string => `${subject} ${relation} ${object}`;
  return {
    has: (tuple: Tuple): boolean => tuples.has(keyOf(tuple)),
    add: (tuple: Tuple, sequence: number): void => {
      if (!tuples.has(keyOf(tuple))) tuples.set(keyOf(tuple), { tuple, sequence });
    },
    remove: (tuple: Tuple): void => void tuples.delete(keyOf(tuple)),
    all: (): Iterable<Sequenced> => tuples.values(),
  };
};
