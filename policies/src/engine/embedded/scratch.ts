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
 * The notebook of one question: an open-addressing table from (object, slot) to an entry, used again without being
 * cleared. An entry is numbered, and its number stays good while the table grows.
 *
 * Answers found while an ancestor is still open are provisional: they took the ancestor for false. They stay on the
 * trail until that ancestor is done, and are then confirmed, weakened or forgotten. That is how cycles get the least
 * fixpoint without walking any part twice.
 */
export type Scratch = {
  readonly begin: () => void;
  /** The entry of a node, made when it is new. */
  readonly enter: (object: number, slot: number) => number;
  /** What is known at this depth, or -1. `restsOn` then says on which open node. */
  readonly recall: (entry: number, depth: number) => Answer | -1;
  readonly restsOn: (entry: number) => number;
  /** How deep the walk for the recalled answer goes when it starts at this depth. */
  readonly deepestFrom: (entry: number, depth: number, answer: Answer) => number;
  readonly positionOf: (entry: number) => number;
  readonly open: (entry: number, position: number) => void;
  readonly mark: () => number;
  /** Ends a node: stores its answer and settles what was found beneath since `mark`. */
  readonly close: (entry: number, answer: Answer, node: Closing) => void;
};

/** `deepest` is the depth the walk below reached; `low` the lowest open node the answer rests on, or `settled`. */
export type Closing = { depth: number; deepest: number; low: number; mark: number };

type Tables = {
  /** Entry number + 1 by hash; 0 is free. */
  buckets: Int32Array;
  /** The bucket of each entry, to empty it again. */
  bucketOf: Int32Array;
  objects: Int32Array;
  slots: Int32Array;
  answers: Uint8Array;
  /** Greatest depth at which `answers` holds. */
  validTo: Uint8Array;
  /** Depth at which `answers` was found. */
  foundAt: Uint8Array;
  /** Least depth at which the node is known to be too deep. */
  deepFrom: Uint8Array;
  lows: Int32Array;
  positions: Int32Array;
};

const tables = (capacity: number): Tables => ({
  buckets: new Int32Array(capacity * 2),
  bucketOf: new Int32Array(capacity),
  objects: new Int32Array(capacity),
  slots: new Int32Array(capacity),
  answers: new Uint8Array(capacity),
  validTo: new Uint8Array(capacity),
  foundAt: new Uint8Array(capacity),
  deepFrom: new Uint8Array(capacity),
  lows: new Int32Array(capacity),
  positions: new Int32Array(capacity),
});

const carriedOver = ['objects', 'slots', 'answers', 'validTo', 'foundAt', 'deepFrom', 'lows', 'positions'] as const;

const hashOf = (object: number, slot: number, mask: number): number => {
  const mixed = Math.imul(object ^ Math.imul(slot, 0x9e3779b1), 0x85ebca6b);
  return (mixed ^ (mixed >>> 15)) & mask;
};

export const scratch = (): Scratch => {
  let capacity = 256;
  let table = tables(capacity);
  let count = 0;
  const trail: number[] = [];

  const place = (object: number, slot: number): number => {
    const mask = capacity * 2 - 1;
    let at = hashOf(object, slot, mask);
    for (;;) {
      const entry = table.buckets[at]! - 1;
      if (entry < 0 || (table.objects[entry] === object && table.slots[entry] === slot)) return at;
      at = (at + 1) & mask;
    }
  };
  const occupy = (at: number, entry: number): void => {
    table.buckets[at] = entry + 1;
    table.bucketOf[entry] = at;
  };
  const grow = (): void => {
    const old = table;
    capacity *= 2;
    table = tables(capacity);
    for (const name of carriedOver) table[name].set(old[name]);
    for (let entry = 0; entry < count; entry++) occupy(place(old.objects[entry]!, old.slots[entry]!), entry);
  };
  const forget = (entry: number): void => {
    table.answers[entry] = unknown;
    table.deepFrom[entry] = depthMax;
    table.lows[entry] = settled;
  };
  const note = (entry: number, answer: Answer, { depth, deepest }: Closing): void => {
    if (answer === isTooDeep) {
      if (depth < table.deepFrom[entry]!) table.deepFrom[entry] = depth;
      return;
    }
    table.answers[entry] = answer;
    table.foundAt[entry] = depth;
    table.validTo[entry] = Math.max(depth, depthMax - 1 - (deepest - depth));
  };
  /** Goes through the provisional answers beneath a node that is done. */
  const settle = (answer: Answer, low: number, mark: number): void => {
    const isProvisional = answer !== isTrue && low !== settled;
    for (let at = mark; at < trail.length; at++) {
      const entry = trail[at]!;
      if (answer === isTrue) forget(entry);
      else if (answer !== isFalse) weaken(entry, answer);
      table.lows[entry] = isProvisional ? Math.min(table.lows[entry]!, low) : settled;
    }
    if (!isProvisional) trail.length = mark;
  };
  /** An answer that took a node for false, when in truth it cannot be told, cannot be told either. */
  const weaken = (entry: number, answer: Answer): void => {
    if (table.answers[entry] !== isFalse) return;
    if (answer === isUndefined) table.answers[entry] = isUndefined;
    else {
      table.deepFrom[entry] = Math.min(table.deepFrom[entry]!, table.foundAt[entry]!);
      table.answers[entry] = unknown;
    }
  };
  return {
    begin: () => {
      // Questions are small: emptying the buckets they used is cheaper than stamping every probe.
      for (let entry = 0; entry < count; entry++) table.buckets[table.bucketOf[entry]!] = 0;
      count = 0;
      trail.length = 0;
    },
    enter: (object, slot) => {
      const known = table.buckets[place(object, slot)]! - 1;
      if (known >= 0) return known;
      if (count === capacity) grow();
      table.objects[count] = object;
      table.slots[count] = slot;
      table.positions[count] = -1;
      occupy(place(object, slot), count);
      forget(count);
      return count++;
    },
    recall: (entry, depth) => {
      if (depth >= table.deepFrom[entry]!) return isTooDeep;
      const answer = table.answers[entry]!;
      return answer !== unknown && depth <= table.validTo[entry]! ? (answer as Answer) : -1;
    },
    restsOn: (entry) => table.lows[entry]!,
    deepestFrom: (entry, depth, answer) =>
      answer === isTooDeep ? depthMax : depth + depthMax - 1 - table.validTo[entry]!,
    positionOf: (entry) => table.positions[entry]!,
    open: (entry, position) => void (table.positions[entry] = position),
    mark: () => trail.length,
    close: (entry, answer, node) => {
      table.positions[entry] = -1;
      note(entry, answer, node);
      settle(answer, node.low, node.mark);
      const isProvisional = answer !== isTrue && node.low !== settled;
      if (!isProvisional) return;
      // An earlier answer, for another depth, may rest on something else and still be on the trail.
      table.lows[entry] = Math.min(table.lows[entry]!, node.low);
      trail.push(entry);
    },
  };
};
