import { noSlot } from './evaluate.ts';
import { objectLengthMax, parseRef, subjectLengthMax } from './refs.ts';
import { unknownRelation, unknownType } from './unknown-name.ts';
import type { ParsedRef } from './refs.ts';
import type { Program, Slot } from './program.ts';
import type { Tuple } from '../engine.ts';

/** Where an admitted tuple belongs. `subject` is the object that stands in it, without a userset's relation. */
export type Place = {
  readonly slot: Slot;
  readonly kind: 'object' | 'wildcard' | 'userset';
  readonly subject: string;
  readonly subjectType: number;
  /** Slot of a userset's relation, else `noSlot`. */
  readonly userset: number;
};

/**
 * The place of a tuple in the index, or in words why the model does not admit it. Decides what may be written,
 * and which stored tuples count: one that an earlier model admitted and this one does not is ignored, as on the server.
 */
export const placeOf = (program: Program, { subject, relation, object }: Tuple): Place | string => {
  const slot = slotOf(program, relation, object);
  if (typeof slot === 'string') return slot;
  const parsed = parseRef(subject, subjectLengthMax);
  if (parsed.kind === 'malformed') return `subject "${subject}" ${parsed.why}`;
  if (!admits(slot, parsed)) return `${slot.relation.type}#${relation} does not take ${shapeOf(parsed)}`;
  const subjectType = program.typeIds.get(parsed.type)!;
  if (parsed.kind !== 'userset') return { slot, kind: parsed.kind, subject, subjectType, userset: noSlot };
  if (subject === `${object}#${relation}`) return `"${subject}" would contain itself`;
  const userset = program.slotsByName[subjectType]!.get(parsed.relation)!;
  return { slot, kind: 'userset', subject: parsed.object, subjectType, userset };
};

const slotOf = (program: Program, relation: string, object: string): Slot | string => {
  const parsed = parseRef(object, objectLengthMax);
  if (parsed.kind === 'malformed') return `object "${object}" ${parsed.why}`;
  if (parsed.kind !== 'object') return `object "${object}" is not a single object`;
  const type = program.typeIds.get(parsed.type);
  if (type === undefined) return unknownType(program.model, parsed.type);
  const slot = program.slotsByName[type]!.get(relation);
  return slot === undefined ? unknownRelation(program.model, parsed.type, relation) : program.slots[slot]!;
};

type WellFormed = Exclude<ParsedRef, { readonly kind: 'malformed' }>;

const admits = (slot: Slot, ref: WellFormed): boolean =>
  slot.relation.restrictions.some(
    (allowed) =>
      allowed.kind === ref.kind &&
      allowed.type === ref.type &&
      (allowed.kind !== 'userset' || ref.kind !== 'userset' || allowed.relation === ref.relation),
  );

const shapeOf = (ref: WellFormed): string =>
  ref.kind === 'userset' ? `${ref.type}#${ref.relation}` : ref.kind === 'wildcard' ? `${ref.type}:*` : ref.type;
