import { faultAt } from './fault.ts';
import type { SyntaxFault } from './fault.ts';
import type { ObjectTemplate, Part } from './rule.ts';

export type TemplateParse = { readonly kind: 'template'; readonly template: ObjectTemplate } | SyntaxFault;

type Text = { readonly kind: 'text'; readonly text: string };
/** What stands between braces, read; a text says what is wrong with it. */
export type PlaceholderReader<P> = (inner: string) => P | string;
export type PartsParse<P> = { readonly kind: 'parts'; readonly parts: readonly (Text | P)[] } | SyntaxFault;
export type ObjectParse<P> =
  | { readonly kind: 'object'; readonly type: string; readonly parts: readonly (Text | P)[] }
  | SyntaxFault;

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
  const parsed = parseObject(text, readPlaceholder);
  if (parsed.kind === 'fault') return parsed;
  return { kind: 'template', template: { type: parsed.type, parts: parsed.parts, text } };
};

/** The same with placeholders of another kind. */
export const parseObject = <P extends { readonly kind: string }>(
  text: string,
  placeholder: PlaceholderReader<P>,
): ObjectParse<P> => {
  const colon = text.indexOf(':');
  const type = colon === -1 ? text : text.slice(0, colon);
  if (!typePattern.test(type)) return faultAt(0, `"${type}" is not a type; an object is written TYPE:ID`);
  if (colon === -1) return faultAt(text.length, `the object "${text}" has no id; it is written ${type}:ID`);
  const ends = faultInEnds(text, colon);
  if (ends !== undefined) return ends;
  const id = parseParts(text, colon + 1, placeholder);
  if (id.kind === 'fault') return id;
  return idFault(text, colon + 1, id.parts) ?? { kind: 'object', type, parts: id.parts };
};

/** Reads text and placeholders from a place in a text to its end. */
export const parseParts = <P>(text: string, from: number, placeholder: PlaceholderReader<P>): PartsParse<P> => {
  const parts: (Text | P)[] = [];
  for (let at = from; at < text.length;) {
    const end = endOfPart(text, at);
    if (end === -1) return faultAt(at, '"{" is not closed');
    const piece = text.slice(at, end);
    const part = piece.startsWith('{') ? placeholder(piece.slice(1, -1)) : ({ kind: 'text', text: piece } as const);
    if (typeof part === 'string') return faultAt(at, part);
    parts.push(part);
    at = end;
  }
  return { kind: 'parts', parts };
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

const readPlaceholder = (inner: string): Exclude<Part, Text> | string => {
  if (inner === 'account') return { kind: 'account' };
  if (namePattern.test(inner)) return { kind: 'param', name: inner };
  if (inner.startsWith('query.') && queryNamePattern.test(inner.slice(6)))
    return { kind: 'query', name: inner.slice(6) };
  if (inner.startsWith('response.'))
    return `{${inner}} is known only when the application has answered; it can stand in \`registers\` alone`;
  return `{${inner}} is not a placeholder; write {parameter}, {query.name} or {account}`;
};

/** What the parts of an id must not be: text that no id holds, or placeholders that run into each other. */
const idFault = (
  text: string,
  from: number,
  parts: readonly (Text | { readonly kind: string })[],
): SyntaxFault | undefined => {
  let at = from;
  let runsOn = false;
  for (const part of parts) {
    const end = endOfPart(text, at);
    if (isText(part)) {
      if (!isIdText(part.text)) return faultAt(at, `"${part.text}" holds a character that no id may hold`);
      runsOn &&= !separatorPattern.test(part.text);
    } else {
      // Without a separator `{a}-{b}` would read 1-2 and 3 like 1 and 2-3.
      if (runsOn) {
        const piece = text.slice(at, end);
        return faultAt(at, `${piece} can run into the placeholder before it; separate them with "/", "|" or "@"`);
      }
      runsOn = true;
    }
    at = end;
  }
  return undefined;
};

const isText = (part: Text | { readonly kind: string }): part is Text => part.kind === 'text';
