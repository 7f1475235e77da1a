import type { Ref } from '@gatehouse/policies/engine/engine';

/** An application's object: `quantum`, `algorithm`, `qft`. */
export type ContentName = { readonly app: string; readonly kind: string; readonly externalId: string };

export type ContentObject = `content:${string}`;

/** The id that registry and tuples share: `quantum.algorithm/qft`. */
export const contentId = ({ app, kind, externalId }: ContentName): string => `${app}.${kind}/${externalId}`;

export const contentObject = (name: ContentName): ContentObject => `content:${contentId(name)}`;

/** The content that an object belongs to: itself, or the content of a version. */
export const familyOf = (object: Ref): Ref => {
  if (!object.startsWith('content_version:')) return object;
  const end = object.lastIndexOf('@');
  return `content:${object.slice('content_version:'.length, end === -1 ? undefined : end)}`;
};

const appForm = /^[a-z0-9-]+$/;
const kindForm = /^[a-z0-9_-]+$/;
/** What an id in a route file may hold; without "@", which parts a version from its content. */
const externalIdForm = /^[A-Za-z0-9._|/-]{1,200}$/;
/** With `content:` in front it is an object of the engine, which takes 256 characters. */
const idLengthMax = 248;

/** In words, why nothing can be registered under this name; undefined when it can. The database has the same checks. */
export const nameFault = (name: ContentName): string | undefined => {
  if (!appForm.test(name.app)) return 'the application is not a name of a-z, 0-9 and "-"';
  if (!kindForm.test(name.kind)) return 'the kind is not a name of a-z, 0-9, "_" and "-"';
  if (!externalIdForm.test(name.externalId)) return 'the id is not 1 to 200 of A-Z, a-z, 0-9 and . _ - | /';
  if (contentId(name).length > idLengthMax) return `"app.kind/id" is longer than ${idLengthMax} characters`;
  return undefined;
};

export const titleLengthMax = 200;

/** A title as it can be kept: one line, cut to 200 characters; undefined when nothing is left. */
export const keptTitle = (text: string): string | undefined => {
  // Cut twice: an answer's field may be megabytes long, and a character may be two units.
  const line = text
    .slice(0, 4 * titleLengthMax)
    .toWellFormed()
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .trim();
  const kept = Array.from(line).slice(0, titleLengthMax).join('').trimEnd();
  return kept === '' ? undefined : kept;
};
