import type { Members } from './members.ts';
import type { Program } from './program.ts';
import type { Ref, Tuple, TupleFilter } from '../engine.ts';
import type { Sequenced } from './dormant-tuples.ts';
import type { TupleIndex } from './tuple-index.ts';

type Interned = Pick<TupleIndex, 'idOf' | 'nameOf' | 'typeOf' | 'firstRow' | 'rows'>;

/** Tuples that match a filter, in order of writing. */
export const readTuples = (
  program: Program,
  index: Interned,
  dormant: Iterable<Sequenced>,
  filter: TupleFilter,
): readonly Tuple[] => {
  const isWholeType = filter.object.endsWith(':');
  const found: Sequenced[] = [];
  for (const kept of dormant) {
    const { object } = kept.tuple;
    if (isWholeType ? object.startsWith(filter.object) : object === filter.object) found.push(kept);
  }
  if (isWholeType) {
    const type = program.typeIds.get(filter.object.slice(0, -1));
    for (let id = 0; id < index.typeOf.length; id++) if (index.typeOf[id] === type) collect(program, index, id, found);
  } else {
    const id = index.idOf.get(filter.object);
    if (id !== undefined) collect(program, index, id, found);
  }
  return found
    .filter(
      ({ tuple }) =>
        (filter.relation ?? tuple.relation) === tuple.relation && (filter.subject ?? tuple.subject) === tuple.subject,
    )
    .toSorted((left, right) => left.sequence - right.sequence)
    .map(({ tuple }) => tuple);
};

const collect = (program: Program, index: Interned, id: number, found: Sequenced[]): void => {
  const object = index.nameOf(id) as Ref;
  for (const slot of program.slotsByName[index.typeOf[id]!]!.values()) {
    const { relation, row: place } = program.slots[slot]!;
    const row = place < 0 ? undefined : index.rows[index.firstRow[id]! + place];
    if (row === undefined) continue;
    const addAll = (set: Members, nameOf: (key: number) => string): void => {
      for (const [at, key] of set.keys.entries()) {
        found.push({
          tuple: { subject: nameOf(key) as Ref, relation: relation.name, object },
          sequence: set.sequences[at]!,
        });
      }
    };
    addAll(row.subjects, index.nameOf);
    addAll(row.wildcards, (type) => `${program.types[type]}:*`);
    addAll(row.usersets, (key) => usersetName(program, index, key));
  }
};

/** `team:red#member` from its packed key. */
export const usersetName = (program: Program, index: Pick<TupleIndex, 'nameOf'>, key: number): Ref => {
  const count = program.slots.length;
  return `${index.nameOf(Math.floor(key / count))}#${program.slots[key % count]!.relation.name}` as Ref;
};
