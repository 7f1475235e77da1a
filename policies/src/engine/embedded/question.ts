import { noSlot, unnamed, unnamedOther } from './evaluate.ts';
import { objectLengthMax, parseRef, subjectLengthMax } from './refs.ts';
import { unknownRelation, unknownType } from './unknown-name.ts';
import type { Asked } from './evaluate.ts';
import type { ObjectTable } from './object-table.ts';
import type { Program } from './program.ts';
import type { Query } from '../engine.ts';

/** Reads a question into `asked`; answers undefined, or in words why it is no question (subject, then object, then relation). */
export type ReadQuestion = (query: Query, asked: Asked) => string | undefined;

export const questionReader = (program: Program, objects: ObjectTable): ReadQuestion => {
  const { slotsByName, model } = program;
  return (query, asked) => {
    const subject = objects.idOf.get(query.subject);
    asked.subject = subject ?? unnamed;
    asked.subjectSlot = noSlot;
    asked.isWildcard = false;
    if (subject === undefined) {
      const wrong = readSubject(program, objects, query.subject, asked);
      if (wrong !== undefined) return wrong;
    } else asked.subjectType = objects.typeOf[subject]!;

    const object = objects.idOf.get(query.object);
    asked.object = object ?? unnamed;
    const type = object === undefined ? readObject(program, query.object) : objects.typeOf[object]!;
    if (typeof type === 'string') return type;
    const slot = slotsByName[type]!.get(query.relation);
    if (slot === undefined) return unknownRelation(model, program.types[type]!, query.relation);
    asked.slot = slot;
    // A userset of the very object asked about, though no tuple names it, may be what is asked.
    if (asked.subject === unnamedOther && query.subject.startsWith(`${query.object}#`)) asked.subject = unnamed;
    return undefined;
  };
};

/** What no tuple names as it stands: a newcomer, everybody, or a userset. */
const readSubject = (program: Program, objects: ObjectTable, text: string, asked: Asked): string | undefined => {
  const parsed = parseRef(text, subjectLengthMax);
  if (parsed.kind === 'malformed') return `subject "${text}" ${parsed.why}`;
  const type = program.typeIds.get(parsed.type);
  if (type === undefined) return unknownType(program.model, parsed.type);
  asked.subjectType = type;
  asked.isWildcard = parsed.kind === 'wildcard';
  if (parsed.kind !== 'userset') return undefined;
  const slot = program.slotsByName[type]!.get(parsed.relation);
  if (slot === undefined) return unknownRelation(program.model, parsed.type, parsed.relation);
  asked.subjectSlot = slot;
  asked.subject = objects.idOf.get(parsed.object) ?? unnamedOther;
  return undefined;
};

const readObject = (program: Program, text: string): number | string => {
  const parsed = parseRef(text, objectLengthMax);
  if (parsed.kind === 'malformed') return `object "${text}" ${parsed.why}`;
  if (parsed.kind !== 'object') return `object "${text}" is not a single object`;
  return program.typeIds.get(parsed.type) ?? unknownType(program.model, parsed.type);
};
