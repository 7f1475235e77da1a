import { depthMax, isFalse, isTooDeep, isTrue, isUndefined, scratch, settled } from './scratch.ts';
import { hasMember } from './members.ts';
import type { Answer } from './scratch.ts';
import type { Operator, Program } from './program.ts';
import type { Row, TupleIndex } from './tuple-index.ts';
import type { Trace } from './trace.ts';

/** A question in integers. Ids are -1 for what no tuple names; `-2` for a userset of such an object other than the one asked about. */
export type Asked = {
  object: number;
  slot: number;
  subjectType: number;
  subject: number;
  /** Slot of a userset subject, else -1. */
  subjectSlot: number;
  isWildcard: boolean;
};

export type Evaluate = (asked: Asked, trace: Trace | null) => Answer;

/**
 * Answers one question at a time, synchronously: OpenFGA's Check as its server 1.18 documents it (depth, cycles,
 * self-defining usersets, precedence of errors), in the order of the definitions. Where cycles leave the server's
 * answer to chance, the answer is the least fixpoint; recursion through `but not` itself denies.
 */
export const evaluator = (program: Program, index: TupleIndex): Evaluate => {
  const { slots } = program;
  const slotCount = slots.length;
  const { firstRow, rows, typeOf } = index;
  const book = scratch();
  const closing = { depth: 0, deepest: 0, low: 0, mark: 0 };

  let asked: Asked;
  let reach: Uint8Array;
  let trace: Trace | null = null;
  let subjectKey = -1;
  /** How many nodes are open. */
  let height = 0;
  /** Lowest open node that the answers since the last reset rest on. */
  let low = settled;
  /** Greatest depth walked since the last reset. */
  let deepest = 0;

  const rowAt = (object: number, row: number): Row | undefined =>
    object < 0 ? undefined : rows[firstRow[object]! + row];

  const isSelf = (object: number, slot: number): boolean => slot === asked.subjectSlot && object === asked.subject;

  const visit = (object: number, slot: number, depth: number): Answer => {
    if (depth > deepest) deepest = depth;
    if (depth >= depthMax) return isTooDeep;
    if (isSelf(object, slot)) {
      if (trace !== null) trace.self(object, slot);
      return isTrue;
    }
    if (reach[slot] === 0) return isFalse;
    const { isLeaf, body } = slots[slot]!;
    if (isLeaf) return direct(body, object, depth);
    const entry = book.enter(object, slot);
    const position = book.positionOf(entry);
    if (position >= 0) {
      if (position < low) low = position;
      return isFalse;
    }
    const known = book.recall(entry, depth);
    if (known === -1) return walk(entry, body, object, depth);
    deepest = Math.max(deepest, book.deepestFrom(entry, depth, known));
    if (known !== isTrue) low = Math.min(low, book.restsOn(entry));
    else if (trace !== null) trace.replay(entry);
    return known;
  };

  const walk = (entry: number, body: Operator, object: number, depth: number): Answer => {
    const outerLow = low;
    const outerDeepest = deepest;
    const mark = book.mark();
    const traced = trace === null ? 0 : trace.mark();
    const position = height++;
    low = settled;
    deepest = depth;
    book.open(entry, position);
    const answer = run(body, object, depth);
    height--;
    closing.depth = depth;
    closing.deepest = deepest;
    // What rests on this node alone is settled with it; what is true rests on tuples.
    closing.low = answer === isTrue || low >= position ? settled : low;
    closing.mark = mark;
    book.close(entry, answer, closing);
    low = Math.min(outerLow, closing.low);
    if (outerDeepest > deepest) deepest = outerDeepest;
    if (trace !== null && answer === isTrue) trace.keep(entry, traced);
    return answer;
  };

  const run = (operator: Operator, object: number, depth: number): Answer => {
    switch (operator.kind) {
      case 'direct':
        return direct(operator, object, depth);
      case 'computed':
        return computed(operator, object, depth);
      case 'parents':
        return parents(operator, object, depth);
      case 'union':
        return union(operator.of, object, depth);
      case 'intersection':
        return intersection(operator.of, object, depth);
      case 'exclusion':
        return exclusion(operator.of[0]!, operator.of[1]!, object, depth);
    }
  };

  const direct = (operator: Operator, object: number, depth: number): Answer => {
    const row = rowAt(object, operator.row);
    if (row === undefined) return isFalse;
    if (isStored(row)) {
      if (trace !== null) trace.stored(object, operator.own, asked);
      return isTrue;
    }
    if (isOpenToAll(row)) {
      if (trace !== null) trace.wildcard(object, operator.own, asked);
      return isTrue;
    }
    const { keys } = row.usersets;
    return keys.length === 0 ? isFalse : usersets(keys, operator.own, object, depth);
  };

  const isStored = (row: Row): boolean => {
    if (asked.isWildcard) return false;
    if (asked.subjectSlot >= 0) return subjectKey >= 0 && hasMember(row.usersets, subjectKey);
    return asked.subject >= 0 && hasMember(row.subjects, asked.subject);
  };

  const isOpenToAll = (row: Row): boolean =>
    asked.subjectSlot < 0 && row.wildcards.keys.length > 0 && hasMember(row.wildcards, asked.subjectType);

  const usersets = (keys: readonly number[], slot: number, object: number, depth: number): Answer => {
    let answer: Answer = isFalse;
    for (let at = 0; at < keys.length; at++) {
      const key = keys[at]!;
      const mark = trace === null ? 0 : trace.userset(object, slot, key);
      const found = visit(Math.floor(key / slotCount), key % slotCount, depth + 1);
      if (found === isTrue) return isTrue;
      if (trace !== null) trace.cut(mark);
      if (found > answer) answer = found;
    }
    return answer;
  };

  const computed = (operator: Operator, object: number, depth: number): Answer => {
    const mark = trace === null ? 0 : trace.computed(object, operator.own);
    const found = visit(object, operator.target, depth);
    if (trace !== null && found !== isTrue) trace.cut(mark);
    return found;
  };

  const parents = (operator: Operator, object: number, depth: number): Answer => {
    const row = rowAt(object, operator.row);
    if (row === undefined) return isFalse;
    const { keys } = row.subjects;
    let answer: Answer = isFalse;
    for (let at = 0; at < keys.length; at++) {
      const parent = keys[at]!;
      const slot = operator.targets[typeOf[parent]!]!;
      if (slot < 0) continue;
      const mark = trace === null ? 0 : trace.parent(object, operator, parent);
      const found = visit(parent, slot, depth + 1);
      if (found === isTrue) return isTrue;
      if (trace !== null) trace.cut(mark);
      if (found > answer) answer = found;
    }
    return answer;
  };

  const union = (operands: readonly Operator[], object: number, depth: number): Answer => {
    let answer: Answer = isFalse;
    for (let at = 0; at < operands.length; at++) {
      const found = run(operands[at]!, object, depth);
      if (found === isTrue) return isTrue;
      if (found > answer) answer = found;
    }
    return answer;
  };

  const intersection = (operands: readonly Operator[], object: number, depth: number): Answer => {
    const mark = trace === null ? 0 : trace.mark();
    let answer: Answer = isTrue;
    for (let at = 0; at < operands.length && answer !== isFalse; at++) {
      const found = run(operands[at]!, object, depth);
      if (found === isFalse || found > answer) answer = found;
    }
    if (trace !== null && answer !== isTrue) trace.cut(mark);
    return answer;
  };

  const exclusion = (base: Operator, subtract: Operator, object: number, depth: number): Answer => {
    const begun = trace === null ? 0 : trace.mark();
    const held = run(base, object, depth);
    if (held === isFalse) return isFalse;
    const lowBefore = low;
    low = settled;
    const mark = trace === null ? 0 : trace.subtract();
    let removed = run(subtract, object, depth);
    // False only because this very node, or one that waits for it, was taken for false: that proves nothing.
    if (removed === isFalse && low !== settled) removed = isUndefined;
    if (trace !== null) trace.subtracted(mark, begun, held, removed);
    low = Math.min(low, lowBefore);
    if (removed === isTrue) return isFalse;
    if (removed === isFalse) return held;
    return removed > held || held === isTrue ? removed : held;
  };

  return (question, tracing) => {
    asked = question;
    trace = tracing;
    height = 0;
    low = settled;
    deepest = 0;
    subjectKey =
      question.subject >= 0 && question.subjectSlot >= 0 ? question.subject * slotCount + question.subjectSlot : -1;
    reach =
      question.subjectSlot >= 0
        ? program.reachByUserset(question.subjectSlot)
        : program.reachByType[question.subjectType]!;
    book.begin();
    return visit(question.object, question.slot, 0);
  };
};
