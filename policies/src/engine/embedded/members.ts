/**
 * A set of integers in order of arrival, with the sequence number of each. Short ones are searched in place;
 * longer ones keep a hash beside the list, which stays the way to walk them without an iterator.
 */
export type Members = { readonly keys: number[]; readonly sequences: number[]; lookup: Set<number> | null };

const searchedMax = 16;

/** Shared by all that have no members: most rows hold one kind of member, and most of those a single one. */
export const nobody: Members = { keys: [], sequences: [], lookup: null };

export const hasMember = (set: Members, key: number): boolean =>
  set.lookup === null ? set.keys.includes(key) : set.lookup.has(key);

/** The set with one member more: the same one, unless it was `nobody`. The key must not be a member yet. */
export const withMember = (set: Members, key: number, sequence: number): Members => {
  // An array literal has room for one; the first push onto an empty array would make room for seventeen.
  if (set === nobody) return { keys: [key], sequences: [sequence], lookup: null };
  set.keys.push(key);
  set.sequences.push(sequence);
  if (set.lookup !== null) set.lookup.add(key);
  else if (set.keys.length > searchedMax) set.lookup = new Set(set.keys);
  return set;
};

/** The set without a member, the rest in their order; `nobody` after the last one. The key must be a member. */
export const withoutMember = (set: Members, key: number): Members => {
  if (set.keys.length === 1) return nobody;
  const position = set.keys.indexOf(key);
  set.keys.splice(position, 1);
  set.sequences.splice(position, 1);
  if (set.lookup === null) return set;
  if (set.keys.length <= searchedMax) set.lookup = null;
  else set.lookup.delete(key);
  return set;
};
