import type { ObjectTemplate, Part } from './rule.ts';

/** `at` counts characters from the beginning of the text that was parsed. */
export type SyntaxFault = {
  readonly kind: 'fault';
  readonly at: number;
  readonly message: string;
  readonly suggestion?: string;
};
export type TemplateParse = { readonly kind: 'template'; readonly template: ObjectTemplate } | SyntaxFault;

const TYPE = /^[a-z][a-z0-9_]{0,62}$/;
const NAME = /^[a-z][A-Za-z0-9_]{0,62}$/;
const QUERY_NAME = /^[A-Za-z0-9_-]{1,63}$/;
/** What an id may hold beside placeholders. Narrower than OpenFGA's object ids: no blanks, `#` or `*`. */
const TEXT = /^[A-Za-z0-9._|@/:-]+$/;
/** No value of any parameter contains one of these, so a value on their left cannot run into one on their right. */
const SEPARATOR = /[/:|@]/;

export const isParameterName = (name: string): boolean => NAME.test(name);

/** Reads `content:quantum.algorithm/{id}`: a type, a colon and an id of text, `{param}`, `{query.name}` and `{account}`. */
export const parseTemplate = (text: string): TemplateParse => {
  const colon = text.indexOf(':');
  const type = colon === -1 ? text : text.slice(0, colon);
  if (!TYPE.test(type)) return fault(0, `"${type}" is not a type; an object is written TYPE:ID`);
  if (colon === -1) return fault(text.length, `the object "${text}" has no id; it is written ${type}:ID`);
  const parts: Part[] = [];
  let at = colon + 1;
  while (at < text.length) {
    const end = endOfPart(text, at);
    if (end === -1) return fault(at, '"{" is not closed');
    const piece = text.slice(at, end);
    const part = readPart(piece);
    if (typeof part === 'string') return fault(at, part);
    if (part.kind !== 'text' && runsInto(parts))
      return fault(at, `${piece} can run into the placeholder before it; separate them with "/", ":", "|" or "@"`);
    parts.push(part);
    at = end;
  }
  if (parts.length === 0) return fault(text.length, `the object "${text}" has no id`);
  return { kind: 'template', template: { type, parts, text } };
};

const endOfPart = (text: string, at: number): number => {
  if (text[at] === '{') {
    const close = text.indexOf('}', at);
    return close === -1 ? -1 : close + 1;
  }
  const open = text.indexOf('{', at);
  return open === -1 ? text.length : open;
};

const readPart = (piece: string): Part | string => {
  if (!piece.startsWith('{'))
    return TEXT.test(piece) ? { kind: 'text', text: piece } : `"${piece}" holds a character that no id may hold`;
  const inner = piece.slice(1, -1);
  if (inner === 'account') return { kind: 'account' };
  if (NAME.test(inner)) return { kind: 'param', name: inner };
  if (inner.startsWith('query.') && QUERY_NAME.test(inner.slice(6))) return { kind: 'query', name: inner.slice(6) };
  return `${piece} is not a placeholder; write {parameter}, {query.name} or {account}`;
};

/** True when a placeholder stands before, with no separator in between: `{a}-{b}` would read 1-2 and 3 like 1 and 2-3. */
const runsInto = (before: readonly Part[]): boolean => {
  for (const part of before.toReversed()) {
    if (part.kind !== 'text') return true;
    if (SEPARATOR.test(part.text)) return false;
  }
  return false;
};

const fault = (at: number, message: string): SyntaxFault => ({ kind: 'fault', at, message });
