import { objectLengthMax, parseRef, subjectLengthMax } from './refs.ts';
import type { Asked } from './evaluate.ts';
import type { ParsedRef } from './refs.ts';
import type { Program } from './program.ts';
import type { Query } from '../engine.ts';
import type { TupleIndex } from './tuple-index.ts';

/** Reads a question into `asked`; answers undefined, or in words why it is no question (subject, then object, then relation). */
export type ReadQuestion = (query: Query, asked: Asked) => string | undefined;

export const questionReader = (program: Program, index: TupleIndex): ReadQuestion => {
  const { typeIds, slotsByName, model } = program;

  const unknownType = (type: string): string => {
    const near = model.nearestType(type);
    return `unknown type "${type}"${near === undefined ? '' : `; did you mean "${near}"?`}`;
  };
  const unknownRelation = (type: string, relation: string): string => {
    const near = model.nearestRelation(type, relation);
    return `unknown relation "${relation}" of ${type}${near === undefined ? '' : `; did you mean "${near}"?`}`;
  };
  /** What no tuple names as it stands: a newcomer, everybody, or a userset. */
  const readSubject = (text: string, asked: Asked): string | undefined => {
    const parsed: ParsedRef = parseRef(text, subjectLengthMax);
    if (parsed.kind === 'malformed') return `subject "${text}" ${parsed.why}`;
    const type = typeIds.get(parsed.type);
    if (type === undefined) return unknownType(parsed.type);
    asked.subjectType = type;
    asked.isWildcard = parsed.kind === 'wildcard';
    if (parsed.kind !== 'userset') return undefined;
    asked.subjectSlot = slotsByName[type]!.get(parsed.relation) ?? -1;
    if (asked.subjectSlot < 0) return unknownRelation(parsed.type, parsed.relation);
    asked.subject = index.idOf.get(parsed.object) ?? -2;
    return undefined;
  };
  const readObject = (text: string): number | string => {
    const parsed = parseRef(text, objectLengthMax);
    if (parsed.kind === 'malformed') return `object "${text}" ${parsed.why}`;
    if (parsed.kind !== 'object') return `object "${text}" is not a single object`;
    return typeIds.get(parsed.type) ?? unknownType(parsed.type);
  };
  return (query, asked) => {
    const subject = index.idOf.get(query.subject);
    asked.subject = subject ?? -1;
    asked.subjectSlot = -1;
    asked.isWildcard = false;
    if (subject === undefined) {
      const wrong = readSubject(query.subject, asked);
      if (wrong !== undefined) return wrong;
    } else asked.subjectType = index.typeOf[subject]!;

    const object = index.idOf.get(query.object);
    asked.object = object ?? -1;
    const type = object === undefined ? readObject(query.object) : index.typeOf[object]!;
    if (typeof type === 'string') return type;
    const slot = slotsByName[type]!.get(query.relation);
    if (slot === undefined) return unknownRelation(program.types[type]!, query.relation);
    asked.slot = slot;
    // A userset of the very object asked about, though no tuple names it, may be what is asked.
    if (asked.subject === -2 && query.subject.startsWith(`${query.object}#`)) asked.subject = -1;
    return undefined;
  };
};
