import { faultAt } from './fault.ts';
import type { SyntaxFault } from './fault.ts';
import type { ObjectTemplate, Part } from './rule.ts';

export type TemplateParse = { readonly kind: 'template'; readonly template: ObjectTemplate } | SyntaxFault;

const typePattern = /^[a-z][a-z0-9_]{0,62}$/;
const namePattern = /^[a-z][A-Za-z0-9_]{0,62}$/;
const queryNamePattern = /^[A-Za-z0-9_-]{1,63}$/;
/** What an id may hold beside placeholders. Narrower than OpenFGA's object ids: no blanks, `#` or `*`. */
const idPattern = /^[A-Za-z0-9._|@/-]+$/;
/** No value of any parameter contains one of these, so a value on their left cannot run into one on their right. */
const separatorPattern = /[/|@]/;

export const isParameterName = (name: string): boolean => namePattern.test(name);

/** True for what an id, or a piece of one, may be made of. */
export const isIdText = (text: string): boolean => idPattern.test(text);

/** Reads `content:quantum.algorithm/{id}`: a type, a colon and an id of text, `{param}`, `{query.name}` and `{account}`. */
export const parseTemplate = (text: string): TemplateParse => {
  const colon = text.indexOf(':');
  const type = colon === -1 ? text : text.slice(0, colon);
  if (!typePattern.test(type)) return faultAt(0, `"${type}" is not a type; an object is written TYPE:ID`);
  if (colon === -1) return faultAt(text.length, `the object "${text}" has no id; it is written ${type}:ID`);
  const ends = faultInEnds(text, colon);
  if (ends !== undefined) return ends;
  const parts: Part[] = [];
  let at = colon + 1;
  while (at < text.length) {
    const end = endOfPart(text, at);
    if (end === -1) return faultAt(at, '"{" is not closed');
    const piece = text.slice(at, end);
    const part = readPart(piece);
    if (typeof part === 'string') return faultAt(at, part);
    if (part.kind !== 'text' && runsInto(parts))
      return faultAt(at, `${piece} can run into the placeholder before it; separate them with "/", "|" or "@"`);
    parts.push(part);
    at = end;
  }
  return { kind: 'template', template: { type, parts, text } };
};

/** An id that is not there, that no engine takes, or that names a kind of object and no single one. */
const faultInEnds = (text: string, colon: number): SyntaxFault | undefined => {
  const last = text.at(-1) ?? '';
  if (colon === text.length - 1) return faultAt(text.length, `the object "${text}" has no id`);
  const second = text.indexOf(':', colon + 1);
  if (second !== -1)
    return faultAt(second, `an id holds no ":"; "${text.slice(0, colon + 1)}" is followed by the id alone`);
  if (!separatorPattern.test(last)) return undefined;
  return faultAt(text.length, `the id of "${text}" ends with "${last}"; write what stands behind it`);
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
    return isIdText(piece) ? { kind: 'text', text: piece } : `"${piece}" holds a character that no id may hold`;
  const inner = piece.slice(1, -1);
  if (inner === 'account') return { kind: 'account' };
  if (namePattern.test(inner)) return { kind: 'param', name: inner };
  if (inner.startsWith('query.') && queryNamePattern.test(inner.slice(6)))
    return { kind: 'query', name: inner.slice(6) };
  return `${piece} is not a placeholder; write {parameter}, {query.name} or {account}`;
};

/** True when a placeholder stands before, with no separator in between: `{a}-{b}` would read 1-2 and 3 like 1 and 2-3. */
const runsInto = (before: readonly Part[]): boolean => {
  for (const part of before.toReversed()) {
    if (part.kind !== 'text') return true;
    if (separatorPattern.test(part.text)) return false;
  }
  return false;
};
