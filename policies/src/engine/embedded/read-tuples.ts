import type { Members } from './members.ts';
import type { ObjectTable } from './object-table.ts';
import type { Program } from './program.ts';
import type { Ref, Tuple, TupleFilter } from '../engine.ts';
import type { Sequenced } from './dormant-tuples.ts';

/** Tuples that match a filter, in order of writing. */
export const readTuples = (
  program: Program,
  objects: ObjectTable,
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
    for (const [id, other] of objects.typeOf.entries()) if (other === type) collect(program, objects, id, found);
  } else {
    const id = objects.idOf.get(filter.object);
    if (id !== undefined) collect(program, objects, id, found);
  }
  return found
    .filter(({ tuple }) => matches(tuple, filter))
    .toSorted((left, right) => left.sequence - right.sequence)
    .map(({ tuple }) => tuple);
};

const matches = (tuple: Tuple, { relation, subject }: TupleFilter): boolean =>
  (relation ?? tuple.relation) === tuple.relation && (subject ?? tuple.subject) === tuple.subject;

const collect = (program: Program, objects: ObjectTable, id: number, found: Sequenced[]): void => {
  const object = objects.names[id]! as Ref;
  for (const slot of program.slotsByName[objects.typeOf[id]!]!.values()) {
    const { relation, row: place } = program.slots[slot]!;
    const row = place < 0 ? undefined : objects.rows[objects.firstRow[id]! + place];
    if (row === undefined) continue;
    const addAll = (set: Members, nameOf: (key: number) => string): void => {
      for (const [at, key] of set.keys.entries()) {
        const tuple = { subject: nameOf(key) as Ref, relation: relation.name, object };
        found.push({ tuple, sequence: set.sequences[at]! });
      }
    };
    addAll(row.object, (key) => objects.names[key]!);
    addAll(row.wildcard, (type) => `${program.types[type]}:*`);
    addAll(row.userset, (key) => usersetName(program, objects, key));
  }
};

/** `team:red#member` from its packed key. */
export const usersetName = (program: Program, objects: ObjectTable, key: number): Ref => {
  const count = program.slots.length;
  return `${objects.names[Math.floor(key / count)]!}#${program.slots[key % count]!.relation.name}` as Ref;
};
