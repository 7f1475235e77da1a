/** What is known about `relation of object` for the subject of one question. */
export type Answer = 0 | 1 | 2 | 3;
export const isFalse = 0;
export const isTrue = 1;
/** Recursion through `but not`: neither holds nor does not. Never allows, and never lets an outer `but not` allow. */
export const isUndefined = 2;
/** The walk was longer than the depth limit. */
export const isTooDeep = 3;

/** Dispatches (userset tuples and `from` hops) after which OpenFGA gives up. */
export const depthMax = 25;

/** Stack position of nothing: an answer that rests on no unfinished node. */
export const settled = 0x7fffffff;

const unknown = 255;

/**
 * The notebook of one question: an open-addressing table from (object, slot) to a numbered entry, used again without
 * allocation. An entry's number stays good while the table grows.
 *
 * Answers found while an ancestor is still open are provisional: they took the ancestor for false. They stay on the
 * trail until that ancestor is done, and are then confirmed, weakened or forgotten. That is how cycles get the least
 * fixpoint without walking any part twice.
 */
export type Scratch = {
  capacity: number;
  count: number;
  readonly trail: number[];
  /** Entry number + 1 by hash; 0 is free. */
  buckets: Int32Array;
  /** The bucket of each entry, to empty it again. */
  bucketOf: Int32Array;
  objects: Int32Array;
  slots: Int32Array;
  answers: Uint8Array;
  /** Depth at which `answers` was found, and the greatest one at which it holds. */
  foundAt: Uint8Array;
  validTo: Uint8Array;
  /** Least depth at which the node is known to be too deep. */
  deepFrom: Uint8Array;
  /** Lowest open node that the answer rests on. */
  lows: Int32Array;
  /** Place on the stack of open nodes, or -1. */
  positions: Int32Array;
};

/** How a node ended: `deepest` is the depth the walk below it reached, `low` the lowest open node its answer rests on. */
export type Closing = { depth: number; deepest: number; low: number; mark: number };

const arrays = (capacity: number) => ({
  buckets: new Int32Array(capacity * 2),
  bucketOf: new Int32Array(capacity),
  objects: new Int32Array(capacity),
  slots: new Int32Array(capacity),
  answers: new Uint8Array(capacity),
  foundAt: new Uint8Array(capacity),
  validTo: new Uint8Array(capacity),
  deepFrom: new Uint8Array(capacity),
  lows: new Int32Array(capacity),
  positions: new Int32Array(capacity),
});

const capacityAtFirst = 256;

export const scratch = (): Scratch => ({
  capacity: capacityAtFirst,
  count: 0,
  trail: [],
  ...arrays(capacityAtFirst),
});

/** Forgets the last question. */
export const begin = (book: Scratch): void => {
  // Questions are small: emptying the buckets they used is cheaper than stamping every probe.
  for (let entry = 0; entry < book.count; entry++) book.buckets[book.bucketOf[entry]!] = 0;
  book.count = 0;
  book.trail.length = 0;
};

/** The entry of a node, made when it is new. */
export const enter = (book: Scratch, object: number, slot: number): number => {
  const at = place(book, object, slot);
  const known = book.buckets[at]! - 1;
  return known >= 0 ? known : addEntry(book, object, slot, at);
};

const place = (book: Scratch, object: number, slot: number): number => {
  const mask = book.capacity * 2 - 1;
  const mixed = Math.imul(object ^ Math.imul(slot, 0x9e3779b1), 0x85ebca6b);
  let at = (mixed ^ (mixed >>> 15)) & mask;
  for (;;) {
    const entry = book.buckets[at]! - 1;
    if (entry < 0 || (book.objects[entry] === object && book.slots[entry] === slot)) return at;
    at = (at + 1) & mask;
  }
};

const addEntry = (book: Scratch, object: number, slot: number, free: number): number => {
  const entry = book.count++;
  let at = free;
  if (entry === book.capacity) {
    grow(book, entry);
    at = place(book, object, slot);
  }
  book.objects[entry] = object;
  book.slots[entry] = slot;
  book.positions[entry] = -1;
  book.buckets[at] = entry + 1;
  book.bucketOf[entry] = at;
  forget(book, entry);
  return entry;
};

const carriedOver = ['objects', 'slots', 'answers', 'foundAt', 'validTo', 'deepFrom', 'lows', 'positions'] as const;

const grow = (book: Scratch, count: number): void => {
  const old = { ...book };
  book.capacity *= 2;
  Object.assign(book, arrays(book.capacity));
  for (const name of carriedOver) book[name].set(old[name]);
  for (let entry = 0; entry < count; entry++) {
    const at = place(book, book.objects[entry]!, book.slots[entry]!);
    book.buckets[at] = entry + 1;
    book.bucketOf[entry] = at;
  }
};

const forget = (book: Scratch, entry: number): void => {
  book.answers[entry] = unknown;
  book.deepFrom[entry] = depthMax;
  book.lows[entry] = settled;
};

/** Nothing is known about a node at this depth. */
export const notNoted = -1;

/** What is known at this depth, or `notNoted`. `lows` then says on which open node it rests. */
export const recall = (book: Scratch, entry: number, depth: number): Answer | typeof notNoted => {
  if (depth >= book.deepFrom[entry]!) return isTooDeep;
  const answer = book.answers[entry]!;
  return answer !== unknown && depth <= book.validTo[entry]! ? (answer as Answer) : notNoted;
};

/** How deep the walk for the recalled answer goes when it starts at this depth. */
export const deepestFrom = (book: Scratch, entry: number, depth: number, answer: Answer): number =>
  answer === isTooDeep ? depthMax : depth + depthMax - 1 - book.validTo[entry]!;

/** Ends a node: stores its answer and settles what was found beneath it since `mark`. */
export const close = (book: Scratch, entry: number, answer: Answer, node: Closing): void => {
  book.positions[entry] = -1;
  if (answer === isTooDeep) book.deepFrom[entry] = Math.min(book.deepFrom[entry]!, node.depth);
  else {
    book.answers[entry] = answer;
    book.foundAt[entry] = node.depth;
    book.validTo[entry] = Math.max(node.depth, depthMax - 1 - (node.deepest - node.depth));
  }
  if (book.trail.length > node.mark) settle(book, answer, node);
  if (node.low === settled) return;
  // An earlier answer, for another depth, may rest on something else and still be on the trail.
  book.lows[entry] = Math.min(book.lows[entry]!, node.low);
  book.trail.push(entry);
};

/** Goes through the provisional answers beneath a node that is done. */
const settle = (book: Scratch, answer: Answer, { low, mark }: Closing): void => {
  const { trail, lows } = book;
  for (let at = mark; at < trail.length; at++) {
    const entry = trail[at]!;
    if (answer === isTrue) forget(book, entry);
    else {
      if (answer !== isFalse) weaken(book, entry, answer);
      lows[entry] = low === settled ? settled : Math.min(lows[entry]!, low);
    }
  }
  if (low === settled) trail.length = mark;
};

/** An answer that took a node for false, when in truth it cannot be told, cannot be told either. */
const weaken = (book: Scratch, entry: number, answer: Answer): void => {
  if (book.answers[entry] !== isFalse) return;
  if (answer === isUndefined) book.answers[entry] = isUndefined;
  else {
    book.deepFrom[entry] = Math.min(book.deepFrom[entry]!, book.foundAt[entry]!);
    book.answers[entry] = unknown;
  }
};
