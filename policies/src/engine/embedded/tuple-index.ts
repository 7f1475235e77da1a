import { addMember, hasMember, members, removeMember } from './members.ts';
import { dormantTuples } from './dormant-tuples.ts';
import { placeOf } from './place.ts';
import { readTuples } from './read-tuples.ts';
import type { Members } from './members.ts';
import type { Place } from './place.ts';
import type { Program } from './program.ts';
import type { Tuple, TupleFilter } from '../engine.ts';

/** The tuples of one relation of one object, apart by what stands in them. */
export type Row = {
  /** Object ids: people, and the parents that `from` walks to. */
  readonly subjects: Members;
  /** Type ids. */
  readonly wildcards: Members;
  /** `object id × number of slots + slot`. */
  readonly usersets: Members;
};

/** Tuples over interned integers. Ids are given on first sight of a stored tuple and never change; questions add none. */
export type TupleIndex = {
  readonly idOf: ReadonlyMap<string, number>;
  readonly nameOf: (id: number) => string;
  readonly typeOf: readonly number[];
  /** The rows of an object stand side by side from `firstRow[object]`, one for each stored relation of its type. */
  readonly firstRow: readonly number[];
  readonly rows: readonly (Row | undefined)[];
  readonly has: (tuple: Tuple) => boolean;
  /** A tuple that the model does not admit is kept and read, but decides nothing. Adding one that is there changes nothing. */
  readonly add: (tuple: Tuple) => void;
  /** Removing one that is not there changes nothing. */
  readonly remove: (tuple: Tuple) => void;
  readonly read: (filter: TupleFilter) => readonly Tuple[];
};

export const tupleIndex = (program: Program): TupleIndex => {
  const idOf = new Map<string, number>();
  const names: string[] = [];
  const typeOf: number[] = [];
  const firstRow: number[] = [];
  const rows: (Row | undefined)[] = [];
  const dormant = dormantTuples();
  let sequence = 0;

  const intern = (name: string, type: number): number => {
    const known = idOf.get(name);
    if (known !== undefined) return known;
    const id = names.push(name) - 1;
    idOf.set(name, id);
    typeOf.push(type);
    firstRow.push(rows.length);
    for (let row = program.rowCounts[type]!; row > 0; row--) rows.push(undefined);
    return id;
  };
  const keyOf = (place: Place, subject: number): number =>
    place.kind === 'wildcard'
      ? place.subjectType
      : place.kind === 'object'
        ? subject
        : subject * program.slots.length + place.userset;

  /** The set and key of an admitted tuple, if everything it names has been seen before. */
  const find = (place: Place, object: string): { readonly set: Members; readonly key: number } | undefined => {
    const target = idOf.get(object);
    const subject = place.kind === 'wildcard' ? 0 : idOf.get(place.subject);
    if (target === undefined || subject === undefined) return undefined;
    const row = rows[firstRow[target]! + place.slot.row];
    return row && { set: setOf(row, place), key: keyOf(place, subject) };
  };
  const isStored = (place: Place, object: string): boolean => {
    const found = find(place, object);
    return found !== undefined && hasMember(found.set, found.key);
  };
  const store = (place: Place, object: string): void => {
    const at = firstRow[intern(object, place.slot.type)]! + place.slot.row;
    const subject = place.kind === 'wildcard' ? 0 : intern(place.subject, place.subjectType);
    const row = (rows[at] ??= { subjects: members(), wildcards: members(), usersets: members() });
    addMember(setOf(row, place), keyOf(place, subject), ++sequence);
  };
  const interned = { idOf, nameOf: (id: number): string => names[id]!, typeOf, firstRow, rows };
  return {
    ...interned,
    has: (tuple) => {
      const place = placeOf(program, tuple);
      return typeof place === 'string' ? dormant.has(tuple) : isStored(place, tuple.object);
    },
    add: (tuple) => {
      const place = placeOf(program, tuple);
      if (typeof place === 'string') dormant.add(tuple, ++sequence);
      else if (!isStored(place, tuple.object)) store(place, tuple.object);
    },
    remove: (tuple) => {
      const place = placeOf(program, tuple);
      if (typeof place === 'string') return dormant.remove(tuple);
      const found = find(place, tuple.object);
      if (found !== undefined && hasMember(found.set, found.key)) removeMember(found.set, found.key);
    },
    read: (filter) => readTuples(program, interned, dormant.all(), filter),
  };
};

const setOf = (row: Row, { kind }: Place): Members => {
  switch (kind) {
    case 'object':
      return row.subjects;
    case 'wildcard':
      return row.wildcards;
    case 'userset':
      return row.usersets;
  }
};
