import { objectLengthMax } from '@gatehouse/policies/engine/embedded/refs';
import type { Ref } from '@gatehouse/policies/engine/engine';
import type { Filter } from '@gatehouse/policies/routes/rule';
import type { Params } from '@gatehouse/policies/routes/table';
import { bindParts, idText } from '../answer-json/field-text.ts';
import { newPlace, placeAt } from '../answer-json/place.ts';
import { faultText, openBracket, scan } from '../answer-json/scan.ts';
import type { BoundPart, Refused } from '../answer-json/field-text.ts';
import type { Place } from '../answer-json/place.ts';

/** The bytes of one element, and which of the list's objects it is. */
export type Element = { readonly start: number; readonly end: number; readonly object: number };

/** The elements in order, and the distinct objects in the order of their first element. */
export type List = { readonly kind: 'list'; readonly elements: readonly Element[]; readonly objects: readonly Ref[] };

/** A longer list is refused: one batch of questions stays a bounded piece of work. */
export const elementsMax = 10_000;

/**
 * Reads the list of a filter and the object that each element stands for. Refused when the answer is not strictly
 * well-formed, when there is no array where the filter says, and when any element names no object.
 */
export const readList = (body: Buffer, filter: Filter, params: Params): List | Refused => {
  const root = newPlace();
  const listPlace = placeAt(root, filter.list);
  const element = newPlace();
  const bound = bindParts(element, filter.id, params);
  if (bound.kind === 'refused') return bound;
  const reading = reader(body, element, bound.parts, filter.type);
  listPlace.each = { element, taken: reading.take };
  const fault = scan(body, root);
  if (fault !== undefined) return refused(faultText(fault));
  if (body[listPlace.start] !== openBracket) return refused(`the answer has no list at ${pathText(filter.list)}`);
  return reading.list();
};

type Reader = { readonly take: () => void; readonly list: () => List | Refused };

/** Nothing is kept beyond the bound, nor behind the first element that refuses the answer. */
const reader = (body: Buffer, place: Place, parts: readonly BoundPart[], type: string): Reader => {
  const elements: Element[] = [];
  const indexOf = new Map<string, number>();
  const idLengthMax = objectLengthMax - type.length - 1;
  let refusal: Refused | undefined;
  const take = (): void => {
    if (refusal !== undefined) return;
    if (elements.length === elementsMax) {
      refusal = refused(`the list has more than ${elementsMax} elements`);
      return;
    }
    const id = idText(body, parts, idLengthMax);
    if (id.kind === 'refused') {
      refusal = refused(`element ${elements.length} of the list: ${id.detail}`);
      return;
    }
    const object = indexOf.get(id.text) ?? indexOf.size;
    indexOf.set(id.text, object);
    elements.push({ start: place.start, end: place.end, object });
  };
  const list = (): List | Refused =>
    refusal ?? { kind: 'list', elements, objects: Array.from(indexOf.keys(), (id): Ref => `${type}:${id}`) };
  return { take, list };
};

const pathText = (names: readonly string[]): string => (names.length === 0 ? 'its top' : `"${names.join('.')}"`);

const refused = (detail: string): Refused => ({ kind: 'refused', detail });
