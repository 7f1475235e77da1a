import {
  begin,
  close,
  deepestFrom,
  depthMax,
  enter,
  isFalse,
  isTooDeep,
  isTrue,
  isUndefined,
  notNoted,
  recall,
  scratch,
  settled,
} from './scratch.ts';
import { hasMember, nobody } from './members.ts';
import type { Answer, Closing, Scratch } from './scratch.ts';
import type { ObjectTable, Row } from './object-table.ts';
import type { Operator, Program } from './program.ts';
import type { Trace } from './trace.ts';

/** The id of an object, or of a subject, that no tuple names. */
export const unnamed = -1;
/** The same for a userset's object when it is not the object asked about: two unnamed ones are not one. */
export const unnamedOther = -2;
/** The slot of a subject that is no userset. */
export const noSlot = -1;

/** A question in integers: `object` and `subject` are ids of objects. */
export type Asked = {
  object: number;
  slot: number;
  subjectType: number;
  subject: number;
  /** Slot of a userset subject, else `noSlot`. */
  subjectSlot: number;
  isWildcard: boolean;
};

/** Made once and filled again for each question: asking allocates nothing. */
export const blankQuestion = (): Asked => ({
  object: unnamed,
  slot: 0,
  subjectType: 0,
  subject: unnamed,
  subjectSlot: noSlot,
  isWildcard: false,
});

export type Evaluate = (asked: Asked, trace: Trace | null) => Answer;

/**
 * Answers one question at a time, synchronously: OpenFGA's Check as its server 1.18 documents it (depth, cycles,
 * self-defining usersets, precedence of errors), in the order of the definitions. Where cycles leave the server's
 * answer to chance, the answer is the least fixpoint; recursion through `but not` itself denies.
 */
export const evaluator = (program: Program, objects: ObjectTable): Evaluate => {
  const noReach = new Uint8Array(program.slots.length);
  const walk: Walk = {
    program,
    objects,
    book: scratch(),
    closing: { depth: 0, deepest: 0, low: 0, mark: 0 },
    asked: blankQuestion(),
    subjectKey: noKey,
    reach: noReach,
    trace: null,
    height: 0,
    low: settled,
    deepest: 0,
  };
  return (asked, trace) => {
    const { subject, subjectSlot } = asked;
    walk.asked = asked;
    walk.trace = trace;
    walk.height = 0;
    walk.low = settled;
    walk.deepest = 0;
    walk.subjectKey = subject >= 0 && subjectSlot >= 0 ? subject * program.slots.length + subjectSlot : noKey;
    walk.reach = subjectSlot >= 0 ? program.reachByUserset(subjectSlot) : program.reachByType[asked.subjectType]!;
    begin(walk.book);
    return visit(walk, asked.object, asked.slot, 0);
  };
};

const noKey = -1;

type Walk = {
  readonly program: Program;
  readonly objects: ObjectTable;
  readonly book: Scratch;
  readonly closing: Closing;
  asked: Asked;
  /** Packed key of a userset subject that tuples name, else `noKey`. */
  subjectKey: number;
  reach: Uint8Array;
  trace: Trace | null;
  /** How many nodes are open. */
  height: number;
  /** Lowest open node that the answers since the last reset rest on. */
  low: number;
  /** Greatest depth walked since the last reset. */
  deepest: number;
};

const visit = (walk: Walk, object: number, slot: number, depth: number): Answer => {
  if (depth > walk.deepest) walk.deepest = depth;
  if (depth >= depthMax) return isTooDeep;
  if (slot === walk.asked.subjectSlot && object === walk.asked.subject) {
    if (walk.trace !== null) walk.trace.self(object, slot);
    return isTrue;
  }
  if (walk.reach[slot] === 0) return isFalse;
  const { isNoted, body } = walk.program.slots[slot]!;
  return isNoted ? node(walk, body, object, slot, depth) : run(walk, body, object, depth);
};

/** A relation of an object that is worth remembering, and that may lead back to itself. */
const node = (walk: Walk, body: Operator, object: number, slot: number, depth: number): Answer => {
  const { book } = walk;
  const entry = enter(book, object, slot);
  const position = book.positions[entry]!;
  if (position >= 0) {
    if (position < walk.low) walk.low = position;
    return isFalse;
  }
  const known = recall(book, entry, depth);
  if (known === notNoted) return open(walk, entry, body, object, depth);
  walk.deepest = Math.max(walk.deepest, deepestFrom(book, entry, depth, known));
  if (known !== isTrue) walk.low = Math.min(walk.low, book.lows[entry]!);
  else if (walk.trace !== null) walk.trace.replay(entry);
  return known;
};

const open = (walk: Walk, entry: number, body: Operator, object: number, depth: number): Answer => {
  const { book, closing, trace } = walk;
  const outerLow = walk.low;
  const outerDeepest = walk.deepest;
  const mark = book.trail.length;
  const traced = trace === null ? 0 : trace.mark();
  const position = walk.height++;
  walk.low = settled;
  walk.deepest = depth;
  book.positions[entry] = position;
  const answer = run(walk, body, object, depth);
  walk.height--;
  closing.depth = depth;
  closing.deepest = walk.deepest;
  // What rests on this node alone is settled with it; what is true rests on tuples.
  const low = answer === isTrue || walk.low >= position ? settled : walk.low;
  closing.low = low;
  closing.mark = mark;
  close(book, entry, answer, closing);
  walk.low = Math.min(outerLow, low);
  if (outerDeepest > walk.deepest) walk.deepest = outerDeepest;
  if (trace !== null && answer === isTrue) trace.keep(entry, traced);
  return answer;
};

const run = (walk: Walk, operator: Operator, object: number, depth: number): Answer => {
  switch (operator.kind) {
    case 'direct':
      return direct(walk, operator, object, depth);
    case 'computed':
      return computed(walk, operator, object, depth);
    case 'parents':
      return parents(walk, operator, object, depth);
    case 'union':
      return union(walk, operator.of, object, depth);
    case 'intersection':
      return intersection(walk, operator.of, object, depth);
    case 'exclusion':
      return exclusion(walk, operator.of[0]!, operator.of[1]!, object, depth);
  }
};

const rowAt = ({ objects }: Walk, object: number, row: number): Row | undefined =>
  object < 0 ? undefined : objects.rows[objects.firstRow[object]! + row];

const direct = (walk: Walk, operator: Operator, object: number, depth: number): Answer => {
  const row = rowAt(walk, object, operator.row);
  if (row === undefined) return isFalse;
  if (isStored(walk, row)) {
    if (walk.trace !== null) walk.trace.stored(object, operator.own);
    return isTrue;
  }
  if (row.wildcard !== nobody && isOpenToAll(walk, row)) {
    if (walk.trace !== null) walk.trace.wildcard(object, operator.own, walk.asked.subjectType);
    return isTrue;
  }
  return row.userset === nobody ? isFalse : usersets(walk, row.userset.keys, operator.own, object, depth);
};

const isStored = ({ asked, subjectKey }: Walk, row: Row): boolean => {
  if (asked.subjectSlot >= 0) return subjectKey >= 0 && hasMember(row.userset, subjectKey);
  return asked.subject >= 0 && hasMember(row.object, asked.subject);
};

const isOpenToAll = ({ asked }: Walk, row: Row): boolean =>
  asked.subjectSlot < 0 && hasMember(row.wildcard, asked.subjectType);

const usersets = (walk: Walk, keys: readonly number[], slot: number, object: number, depth: number): Answer => {
  const { trace } = walk;
  const slotCount = walk.program.slots.length;
  let answer: Answer = isFalse;
  for (let at = 0; at < keys.length; at++) {
    const key = keys[at]!;
    const mark = trace === null ? 0 : trace.userset(object, slot, key);
    const found = visit(walk, Math.floor(key / slotCount), key % slotCount, depth + 1);
    if (found === isTrue) return isTrue;
    if (trace !== null) trace.cut(mark);
    if (found > answer) answer = found;
  }
  return answer;
};

const computed = (walk: Walk, operator: Operator, object: number, depth: number): Answer => {
  const { trace } = walk;
  const mark = trace === null ? 0 : trace.computed(object, operator.own);
  const found = visit(walk, object, operator.target, depth);
  if (trace !== null && found !== isTrue) trace.cut(mark);
  return found;
};

const parents = (walk: Walk, operator: Operator, object: number, depth: number): Answer => {
  const row = rowAt(walk, object, operator.row);
  if (row === undefined) return isFalse;
  const { trace } = walk;
  const { keys } = row.object;
  let answer: Answer = isFalse;
  for (let at = 0; at < keys.length; at++) {
    const parent = keys[at]!;
    const slot = operator.targets[walk.objects.typeOf[parent]!]!;
    if (slot < 0) continue;
    const mark = trace === null ? 0 : trace.parent(object, operator, parent);
    const found = visit(walk, parent, slot, depth + 1);
    if (found === isTrue) return isTrue;
    if (trace !== null) trace.cut(mark);
    if (found > answer) answer = found;
  }
  return answer;
};

const union = (walk: Walk, operands: readonly Operator[], object: number, depth: number): Answer => {
  let answer: Answer = isFalse;
  for (let at = 0; at < operands.length; at++) {
    const found = run(walk, operands[at]!, object, depth);
    if (found === isTrue) return isTrue;
    if (found > answer) answer = found;
  }
  return answer;
};

const intersection = (walk: Walk, operands: readonly Operator[], object: number, depth: number): Answer => {
  const { trace } = walk;
  const mark = trace === null ? 0 : trace.mark();
  let answer: Answer = isTrue;
  for (let at = 0; at < operands.length && answer !== isFalse; at++) {
    const found = run(walk, operands[at]!, object, depth);
    if (found === isFalse || found > answer) answer = found;
  }
  if (trace !== null && answer !== isTrue) trace.cut(mark);
  return answer;
};

const exclusion = (walk: Walk, base: Operator, subtract: Operator, object: number, depth: number): Answer => {
  const { trace } = walk;
  const begun = trace === null ? 0 : trace.mark();
  const held = run(walk, base, object, depth);
  if (held === isFalse) return isFalse;
  const lowBefore = walk.low;
  walk.low = settled;
  const mark = trace === null ? 0 : trace.subtract();
  const found = run(walk, subtract, object, depth);
  // False only because this very node, or one that waits for it, was taken for false: that proves nothing.
  const removed = found === isFalse && walk.low !== settled ? isUndefined : found;
  if (trace !== null) trace.subtracted(mark, begun, held, removed);
  walk.low = Math.min(walk.low, lowBefore);
  return difference(held, removed);
};

/** What is removed for certain is gone; what cannot be told about the base outranks what cannot be told about the rest. */
const difference = (held: Answer, removed: Answer): Answer => {
  if (removed === isTrue) return isFalse;
  if (removed === isFalse) return held;
  return held === isTrue || removed > held ? removed : held;
};
