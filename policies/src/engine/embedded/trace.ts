import { isFalse, isTrue } from './scratch.ts';
import { usersetName } from './read-tuples.ts';
import type { Answer } from './scratch.ts';
import type { ObjectTable } from './object-table.ts';
import type { Operator, Program } from './program.ts';
import type { Ref, Step, Tuple } from '../engine.ts';

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
  readonly stored: (object: number, slot: number) => void;
  readonly wildcard: (object: number, slot: number, type: number) => void;
  readonly userset: (object: number, slot: number, key: number) => number;
  readonly computed: (object: number, slot: number) => number;
  readonly parent: (object: number, operator: Operator, parent: number) => number;
  readonly subtract: () => number;
  /** Ends a `but not` that began at `begun` and subtracts from `mark` on. When it removed what held, the steps since `mark` say why. */
  readonly subtracted: (mark: number, begun: number, held: Answer, removed: Answer) => void;
  readonly path: () => readonly Step[];
  readonly excludedBy: () => readonly Step[];
};

/** The question's own words: they may name what no tuple knows. */
type Question = { readonly subject: Ref; readonly object: Ref };

export const tracer = (program: Program, objects: ObjectTable, question: Question): Trace => {
  const { nameOf, relationOf, tuplesetOf } = namer(program, objects, question);
  const steps: Step[] = [];
  const kept = new Map<number, readonly Step[]>();
  let excluded: readonly Step[] = [];
  /** How many `but not` the walk is inside of; what is removed there removes nothing from the asker. */
  let subtractions = 0;

  const cut = (mark: number): void => void (steps.length = Math.min(steps.length, mark));
  const push = (object: number, slot: number, by: Step['by'], tuple?: Tuple): number =>
    steps.push({
      object: nameOf(object),
      relation: relationOf(slot),
      by,
      ...(tuple === undefined ? {} : { tuple }),
    }) - 1;
  /** A hop by one tuple of the node's own relation. */
  const pushOwn = (object: number, slot: number, by: Step['by'], subject: Ref): number =>
    push(object, slot, by, { subject, relation: relationOf(slot), object: nameOf(object) });
  return {
    mark: () => steps.length,
    cut,
    keep: (entry, mark) => void kept.set(entry, steps.slice(mark)),
    replay: (entry) => void steps.push(...(kept.get(entry) ?? [])),
    self: (object, slot) => void push(object, slot, 'self'),
    stored: (object, slot) => void pushOwn(object, slot, 'tuple', question.subject),
    wildcard: (object, slot, type) => void pushOwn(object, slot, 'wildcard', `${program.types[type]!}:*`),
    userset: (object, slot, key) => pushOwn(object, slot, 'userset', usersetName(program, objects, key)),
    computed: (object, slot) => push(object, slot, 'computed'),
    parent: (object, operator, parent) => {
      const tuple = { subject: nameOf(parent), relation: tuplesetOf(operator), object: nameOf(object) };
      return push(object, operator.own, 'parent', tuple);
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

const namer = ({ slots, slotsByName }: Program, objects: ObjectTable, question: Question) => {
  const relationOf = (slot: number): string => slots[slot]!.relation.name;
  return {
    relationOf,
    nameOf: (object: number): Ref => (object < 0 ? question.object : (objects.names[object]! as Ref)),
    tuplesetOf: ({ own, row }: Operator): string =>
      relationOf([...slotsByName[slots[own]!.type]!.values()].find((slot) => slots[slot]!.row === row)!),
  };
};
