import { isFalse, isTrue } from './scratch.ts';
import { usersetName } from './read-tuples.ts';
import type { Answer } from './scratch.ts';
import type { Asked } from './evaluate.ts';
import type { Operator, Program } from './program.ts';
import type { Ref, Step, Tuple } from '../engine.ts';
import type { TupleIndex } from './tuple-index.ts';

/**
 * Records the way to an answer while it is found. Steps are pushed before a hop is tried and cut when it fails,
 * so what remains at the end is the path. Marks are lengths of the path.
 */
export type Trace = {
  readonly mark: () => number;
  readonly cut: (mark: number) => void;
  /** Remembers the steps since `mark` as those of an entry, for `replay` when the entry is met again. */
  readonly keep: (entry: number, mark: number) => void;
  readonly replay: (entry: number) => void;
  readonly self: (object: number, slot: number) => void;
  readonly stored: (object: number, slot: number, asked: Asked) => void;
  readonly wildcard: (object: number, slot: number, asked: Asked) => void;
  readonly userset: (object: number, slot: number, key: number) => number;
  readonly computed: (object: number, slot: number) => number;
  readonly parent: (object: number, operator: Operator, parent: number) => number;
  readonly subtract: () => number;
  /** Ends a `but not` that began at `begun` and subtracts from `mark` on. When it removed what held, the steps since `mark` say why. */
  readonly subtracted: (mark: number, begun: number, held: Answer, removed: Answer) => void;
  readonly path: () => readonly Step[];
  readonly excludedBy: () => readonly Step[];
};

/** `subject` and `object` are the question's own words: they may name what no tuple knows. */
export const tracer = (
  program: Program,
  index: TupleIndex,
  question: { readonly subject: Ref; readonly object: Ref },
): Trace => {
  const steps: Step[] = [];
  const kept = new Map<number, readonly Step[]>();
  let excluded: readonly Step[] = [];
  /** How many `but not` the walk is inside of; what is removed there removes nothing from the asker. */
  let subtractions = 0;

  const nameOf = (object: number): Ref => (object < 0 ? question.object : (index.nameOf(object) as Ref));
  const relationOf = (slot: number): string => program.slots[slot]!.relation.name;
  const cut = (mark: number): void => void (steps.length = Math.min(steps.length, mark));
  const push = (object: Ref, relation: string, by: Step['by'], tuple?: Tuple): number =>
    steps.push({ object, relation, by, ...(tuple === undefined ? {} : { tuple }) }) - 1;
  /** A hop by one tuple of the node's own relation. */
  const pushTuple = (object: number, slot: number, by: Step['by'], subject: Ref): number => {
    const tuple = { subject, relation: relationOf(slot), object: nameOf(object) };
    return push(tuple.object, tuple.relation, by, tuple);
  };
  return {
    mark: () => steps.length,
    cut,
    keep: (entry, mark) => void kept.set(entry, steps.slice(mark)),
    replay: (entry) => void steps.push(...(kept.get(entry) ?? [])),
    self: (object, slot) => void push(nameOf(object), relationOf(slot), 'self'),
    stored: (object, slot) => void pushTuple(object, slot, 'tuple', question.subject),
    wildcard: (object, slot, asked) =>
      void pushTuple(object, slot, 'wildcard', `${program.types[asked.subjectType]!}:*`),
    userset: (object, slot, key) => pushTuple(object, slot, 'userset', usersetName(program, index, key)),
    computed: (object, slot) => push(nameOf(object), relationOf(slot), 'computed'),
    parent: (object, { own, row }, parent) => {
      const { type } = program.slots[own]!;
      const tupleset = [...program.slotsByName[type]!.values()].find((other) => program.slots[other]!.row === row)!;
      const tuple = { subject: nameOf(parent), relation: relationOf(tupleset), object: nameOf(object) };
      return push(tuple.object, relationOf(own), 'parent', tuple);
    },
    subtract: () => {
      subtractions++;
      return steps.length;
    },
    subtracted: (mark, begun, held, removed) => {
      subtractions--;
      if (removed === isTrue && held === isTrue && subtractions === 0) excluded = steps.slice(mark);
      cut(removed === isFalse && held === isTrue ? mark : begun);
    },
    path: () => steps,
    excludedBy: () => excluded,
  };
};
