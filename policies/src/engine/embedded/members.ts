/**
 * A set of integers in order of arrival, with the sequence number of each. Short ones are searched in place;
 * longer ones keep a hash beside the list, which stays the way to walk them without an iterator.
 */
export type Members = { keys: number[]; sequences: number[]; lookup: Set<number> | null };

const searchedMax = 16;

export const members = (): Members => ({ keys: [], sequences: [], lookup: null });

export const hasMember = (set: Members, key: number): boolean =>
  set.lookup === null ? set.keys.includes(key) : set.lookup.has(key);

/** The key must not be a member yet. */
export const addMember = (set: Members, key: number, sequence: number): void => {
  set.keys.push(key);
  set.sequences.push(sequence);
  if (set.lookup !== null) set.lookup.add(key);
  else if (set.keys.length > searchedMax) set.lookup = new Set(set.keys);
};

/** Keeps the order of the rest. The key must be a member. */
export const removeMember = (set: Members, key: number): void => {
  const position = set.keys.indexOf(key);
  set.keys.splice(position, 1);
  set.sequences.splice(position, 1);
  if (set.lookup === null) return;
  if (set.keys.length <= searchedMax) set.lookup = null;
  else set.lookup.delete(key);
};
