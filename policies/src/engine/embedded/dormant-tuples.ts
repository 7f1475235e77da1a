import { tupleText } from '../tuple-text.ts';
import type { Tuple } from '../engine.ts';

export type Sequenced = { readonly tuple: Tuple; readonly sequence: number };

/** Tuples that an earlier model admitted and this one does not: read and deleted like others, never asked. */
export const dormantTuples = () => {
  const tuples = new Map<string, Sequenced>();
  return {
    has: (tuple: Tuple): boolean => tuples.has(tupleText(tuple)),
    add: (tuple: Tuple, sequence: number): void => {
      if (!tuples.has(tupleText(tuple))) tuples.set(tupleText(tuple), { tuple, sequence });
    },
    remove: (tuple: Tuple): void => void tuples.delete(tupleText(tuple)),
    all: (): Iterable<Sequenced> => tuples.values(),
  };
};
