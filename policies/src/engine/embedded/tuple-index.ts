import { dormantTuples } from './dormant-tuples.ts';
import { hasMember, withMember, withoutMember } from './members.ts';
import { objectTable } from './object-table.ts';
import { placeOf } from './place.ts';
import { readTuples } from './read-tuples.ts';
import type { ObjectTable, Row } from './object-table.ts';
import type { Place } from './place.ts';
import type { Program } from './program.ts';
import type { Tuple, TupleFilter } from '../engine.ts';

/** All tuples, over interned integers. */
export type TupleIndex = {
  readonly objects: ObjectTable;
  readonly has: (tuple: Tuple) => boolean;
  /** A tuple that the model does not admit is kept and read, but decides nothing. Adding one that is there changes nothing. */
  readonly add: (tuple: Tuple) => void;
  /** Removing one that is not there changes nothing. */
  readonly remove: (tuple: Tuple) => void;
  readonly read: (filter: TupleFilter) => readonly Tuple[];
};

export const tupleIndex = (program: Program): TupleIndex => {
  const objects = objectTable(program);
  const dormant = dormantTuples();
  let sequence = 0;

  const keyOf = (place: Place, subject: number): number =>
    place.kind === 'userset' ? subject * program.slots.length + place.userset : subject;

  /** The row and key of an admitted tuple, if it is stored. */
  const find = (place: Place, object: string): { readonly row: Row; readonly key: number } | undefined => {
    const target = objects.idOf.get(object);
    const subject = place.kind === 'wildcard' ? place.subjectType : objects.idOf.get(place.subject);
    if (target === undefined || subject === undefined) return undefined;
    const row = objects.rows[objects.firstRow[target]! + place.slot.row];
    const key = keyOf(place, subject);
    return row !== undefined && hasMember(row[place.kind], key) ? { row, key } : undefined;
  };
  const store = (place: Place, object: string): void => {
    const row = objects.rowFor(objects.intern(object, place.slot.type), place.slot.row);
    const subject = place.kind === 'wildcard' ? place.subjectType : objects.intern(place.subject, place.subjectType);
    row[place.kind] = withMember(row[place.kind], keyOf(place, subject), ++sequence);
  };
  return {
    objects,
    has: (tuple) => {
      const place = placeOf(program, tuple);
      return typeof place === 'string' ? dormant.has(tuple) : find(place, tuple.object) !== undefined;
    },
    add: (tuple) => {
      const place = placeOf(program, tuple);
      if (typeof place === 'string') dormant.add(tuple, ++sequence);
      else if (find(place, tuple.object) === undefined) store(place, tuple.object);
    },
    remove: (tuple) => {
      const place = placeOf(program, tuple);
      if (typeof place === 'string') return dormant.remove(tuple);
      const found = find(place, tuple.object);
      if (found !== undefined) found.row[place.kind] = withoutMember(found.row[place.kind], found.key);
    },
    read: (filter) => readTuples(program, objects, dormant.all(), filter),
  };
};
