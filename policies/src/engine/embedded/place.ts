import { objectLengthMax, parseRef, subjectLengthMax } from './refs.ts';
import type { ParsedRef } from './refs.ts';
import type { Program, Slot } from './program.ts';
import type { Tuple } from '../engine.ts';

/** Where an admitted tuple belongs. `subject` is the object that stands in it, without a userset's relation. */
export type Place = {
  readonly slot: Slot;
  readonly kind: 'object' | 'wildcard' | 'userset';
  readonly subject: string;
  readonly subjectType: number;
  /** Slot of a userset's relation, else -1. */
  readonly userset: number;
};

/**
 * The place of a tuple in the index, or in words why the model does not admit it. Decides what may be written,
 * and which stored tuples count: one that an earlier model admitted and this one does not is ignored, as on the server.
 */
export const placeOf = (program: Program, { subject, relation, object }: Tuple): Place | string => {
  const target = parseRef(object, objectLengthMax);
  if (target.kind !== 'object')
    return `object "${object}" ${target.kind === 'malformed' ? target.why : 'is not a single object'}`;
  const slotId = program.slotsByName[program.typeIds.get(target.type) ?? -1]?.get(relation);
  if (slotId === undefined) {
    return program.model.hasType(target.type)
      ? `unknown relation "${relation}" of ${target.type}`
      : `unknown type "${target.type}"`;
  }
  const parsed = parseRef(subject, subjectLengthMax);
  if (parsed.kind === 'malformed') return `subject "${subject}" ${parsed.why}`;
  const slot = program.slots[slotId]!;
  if (!admits(slot, parsed)) return `${target.type}#${relation} does not take ${shapeOf(parsed)}`;
  const subjectType = program.typeIds.get(parsed.type)!;
  if (parsed.kind !== 'userset') return { slot, kind: parsed.kind, subject, subjectType, userset: -1 };
  if (subject === `${object}#${relation}`) return `"${subject}" would contain itself`;
  const userset = program.slotsByName[subjectType]!.get(parsed.relation)!;
  return { slot, kind: 'userset', subject: parsed.object, subjectType, userset };
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
