import { objectLengthMax, parseRef, subjectLengthMax } from './refs.ts';
import { placeOf } from './place.ts';
import { tupleText } from '../tuple-text.ts';
import type { EngineErrorCode, Tuple, TupleChange, Written } from '../engine.ts';
import type { Program } from './program.ts';
import type { TupleIndex } from './tuple-index.ts';

/** OpenFGA's bound on one transactional write, deletes counted in. */
const tuplesPerWriteMax = 100;

export type Refusal = Extract<Written, { readonly kind: 'refused' }>;

/**
 * Why a change cannot be written, by OpenFGA's rules and with its codes; undefined when it can. Deletes need only be
 * well-formed, so that tuples of an earlier model can go.
 */
export const refusalOf = (
  program: Program,
  index: TupleIndex,
  { writes, deletes }: TupleChange,
  tuplesMax = tuplesPerWriteMax,
): Refusal | undefined => {
  if (writes.length + deletes.length === 0) return refused('invalid_write_input', 'the change is empty');
  for (const tuple of writes) {
    const place = placeOf(program, tuple);
    if (typeof place === 'string') return refused('validation_error', `${tupleText(tuple)}: ${place}`);
  }
  for (const tuple of deletes) {
    const wrong = malformation(tuple);
    if (wrong !== undefined) return refused('validation_error', `${tupleText(tuple)}: ${wrong}`);
  }
  const texts = new Set<string>();
  for (const tuple of [...deletes, ...writes]) {
    const text = tupleText(tuple);
    if (texts.has(text))
      return refused('cannot_allow_duplicate_tuples_in_one_request', `${text} stands twice in the change`);
    texts.add(text);
  }
  if (texts.size > tuplesMax) {
    return refused('exceeded_entity_limit', `${texts.size} tuples in one change; at most ${tuplesMax} are allowed`);
  }
  return conflict(index, { writes, deletes });
};

const conflict = (index: TupleIndex, { writes, deletes }: TupleChange): Refusal | undefined => {
  const missing = deletes.find((tuple) => !index.has(tuple));
  if (missing)
    return refused('write_failed_due_to_invalid_input', `${tupleText(missing)} does not exist and cannot be deleted`);
  const existing = writes.find((tuple) => index.has(tuple));
  if (existing) return refused('write_failed_due_to_invalid_input', `${tupleText(existing)} exists already`);
  return undefined;
};

const malformation = ({ subject, relation, object }: Tuple): string | undefined => {
  const parsedSubject = parseRef(subject, subjectLengthMax);
  if (parsedSubject.kind === 'malformed') return `subject ${parsedSubject.why}`;
  const parsedObject = parseRef(object, objectLengthMax);
  if (parsedObject.kind === 'malformed') return `object ${parsedObject.why}`;
  if (parsedObject.kind !== 'object') return 'object is not a single object';
  return /^[^:#@\s]{1,50}$/.test(relation) ? undefined : 'relation is not a name';
};

const refused = (code: EngineErrorCode, message: string): Refusal => ({ kind: 'refused', code, message });
