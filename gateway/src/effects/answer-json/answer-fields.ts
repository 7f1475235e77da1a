import { objectLengthMax } from '@gatehouse/policies/engine/embedded/refs';
import type { Registers } from '@gatehouse/policies/routes/rule';
import type { Params } from '@gatehouse/policies/routes/table';
import { bindParts, idText, scalarText } from './field-text.ts';
import { newPlace } from './place.ts';
import { faultText, scan } from './scan.ts';
import type { BoundPart, Refused } from './field-text.ts';

/** What `registers` needs from an answer. `id` stands behind `content:<app>.<kind>/`. */
export type AnswerFields =
  | { readonly kind: 'fields'; readonly id: string; readonly title: string | undefined }
  | Refused;

/** The registry's bound on an application's own id. */
const externalIdLengthMax = 200;
const titleLengthMax = 200;

/** What a title cannot hold: control characters, line separators, and marks that turn the reading direction of what follows. */
const unprintable = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu;

/**
 * Reads the new object's id and title from a JSON answer. The whole answer must be well-formed in the strict sense of
 * `scan`, else two readers could find two ids in it. An id that is missing, of another type, outside its alphabet or too
 * long is refused; a title decides nothing, so one that cannot be made is left out.
 */
export const answerFields = (
  body: Buffer,
  app: string,
  { contentKind, id, title }: Pick<Registers, 'contentKind' | 'id' | 'title'>,
  params: Params,
): AnswerFields => {
  const root = newPlace();
  const idParts = bindParts(root, id, params);
  if (idParts.kind === 'refused') return idParts;
  const titleParts = bindParts(root, title ?? [], params);
  const fault = scan(body, root);
  if (fault !== undefined) return { kind: 'refused', detail: faultText(fault) };
  const lengthMax = Math.min(externalIdLengthMax, objectLengthMax - `content:${app}.${contentKind}/`.length);
  const made = idText(body, idParts.parts, lengthMax);
  if (made.kind === 'refused') return made;
  const titleMade = titleParts.kind === 'bound' ? titleText(body, titleParts.parts) : undefined;
  return { kind: 'fields', id: made.text, title: titleMade };
};

/** Undefined when a field is missing, `null` or no text, and when nothing printable is left. */
const titleText = (body: Buffer, parts: readonly BoundPart[]): string | undefined => {
  let title = '';
  for (const part of parts) {
    const text = part.kind === 'text' ? part.text : scalarText(body, part.place);
    if (text === undefined) return undefined;
    title += text;
  }
  const printable = title.replaceAll(unprintable, ' ').trim();
  // A cut may go through a surrogate pair; half of one is no text.
  const cut = printable
    .slice(0, titleLengthMax)
    .replace(/[\ud800-\udbff]$/, '')
    .trimEnd();
  return cut === '' ? undefined : cut;
};
