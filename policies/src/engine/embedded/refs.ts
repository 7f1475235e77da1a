/** A reference taken apart. `malformed` says why, for people. */
export type ParsedRef =
  | { readonly kind: 'object'; readonly type: string }
  | { readonly kind: 'wildcard'; readonly type: string }
  | { readonly kind: 'userset'; readonly type: string; readonly object: string; readonly relation: string }
  | { readonly kind: 'malformed'; readonly why: string };

/** Characters of an object, and of a subject (which may carry a relation). */
export const objectLengthMax = 256;
export const subjectLengthMax = 512;

/**
 * OpenFGA's rules for identifiers, as its server 1.18 applies them: `type:id` with one colon, no white space,
 * no control characters; `type:*` and `type:id#relation` are subjects only.
 */
export const parseRef = (text: string, lengthMax: number): ParsedRef => {
  if (typeof text !== 'string' || text.length > lengthMax) return malformed(`is longer than ${lengthMax} characters`);
  if (hasBlank(text)) return malformed('contains white space or a control character');
  const hash = text.indexOf('#');
  return hash < 0 ? parseObject(text) : parseUserset(text.slice(0, hash), text.slice(hash + 1));
};

const parseObject = (text: string): ParsedRef => {
  const colon = text.indexOf(':');
  if (colon <= 0) return malformed('is not of the form type:id');
  const type = text.slice(0, colon);
  const id = text.slice(colon + 1);
  if (id.length === 0) return malformed('has an empty id');
  if (id.includes(':')) return malformed('has more than one colon');
  return { kind: id === '*' ? 'wildcard' : 'object', type };
};

const parseUserset = (object: string, relation: string): ParsedRef => {
  if (relation.length === 0 || relation.includes('#')) return malformed('names no single relation after "#"');
  const parsed = parseObject(object);
  if (parsed.kind === 'wildcard') return malformed('asks a relation of everybody');
  return parsed.kind === 'object' ? { kind: 'userset', type: parsed.type, object, relation } : parsed;
};

const malformed = (why: string): ParsedRef => ({ kind: 'malformed', why });

const hasBlank = (text: string): boolean => {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code <= 0x20 || (code >= 0x7f && code <= 0x9f)) return true;
  }
  return false;
};
