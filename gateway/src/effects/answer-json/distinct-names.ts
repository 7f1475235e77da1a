import { hash } from 'node:crypto';

/** Up to so many names of one object are compared one by one; beyond it they go into a set. */
const comparedMax = 24;
/** Longer names go into the set as digests: V8 hashes very long strings by their length alone. */
const plainLengthMax = 256;

/** The names of one object so far. `from` is where its names begin on the stack of all open objects. */
export type OpenNames = { readonly from: number; set: Set<string> | undefined };

/**
 * Finds names that stand twice in one object, in time linear to the text, whatever the names are. Objects are opened
 * and closed like brackets; only the innermost one takes names.
 */
export type DistinctNames = {
  readonly open: () => OpenNames;
  readonly close: (open: OpenNames) => void;
  /** False when the object has the name already. The bytes are those of the text itself: nothing was escaped. */
  readonly add: (open: OpenNames, start: number, end: number) => boolean;
  /** The same for a name that was escaped; it is well-formed Unicode. */
  readonly addUnescaped: (open: OpenNames, name: string) => boolean;
};

export const distinctNames = (bytes: Buffer): DistinctNames => {
  const starts: number[] = [];
  const ends: number[] = [];

  const isCompared = (from: number, start: number, end: number): boolean => {
    for (let index = starts.length - 1; index >= from; index--) {
      const other = starts[index] as number;
      if ((ends[index] as number) - other === end - start && isSame(bytes, other, start, end)) return true;
    }
    return false;
  };
  const setOf = (open: OpenNames): Set<string> => {
    if (open.set !== undefined) return open.set;
    const set = new Set<string>();
    for (let index = open.from; index < starts.length; index++)
      set.add(keyOf(bytes.toString('utf8', starts[index], ends[index])));
    open.set = set;
    return set;
  };
  return {
    open: () => ({ from: starts.length, set: undefined }),
    close: ({ from }) => {
      starts.length = from;
      ends.length = from;
    },
    add: (open, start, end) => {
      if (open.set !== undefined || starts.length - open.from === comparedMax)
        return addKey(setOf(open), keyOf(bytes.toString('utf8', start, end)));
      if (isCompared(open.from, start, end)) return false;
      starts.push(start);
      ends.push(end);
      return true;
    },
    addUnescaped: (open, name) => addKey(setOf(open), keyOf(name)),
  };
};

const isSame = (bytes: Buffer, other: number, start: number, end: number): boolean => {
  const distance = other - start;
  for (let at = start; at < end; at++) if (bytes[at] !== bytes[at + distance]) return false;
  return true;
};

/** The mark in front keeps V8 from hashing a name of digits by its value, which can be foreseen. */
const keyOf = (name: string): string => (name.length > plainLengthMax ? `#${hash('sha256', name)}` : `"${name}`);

const addKey = (set: Set<string>, key: string): boolean => {
  const before = set.size;
  return set.add(key).size > before;
};
