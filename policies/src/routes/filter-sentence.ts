import { faultAt } from './fault.ts';
import { elementPart, readFieldNames } from './field-part.ts';
import { parseObject } from './template.ts';
import { wordsOf } from './words.ts';
import type { SyntaxFault } from './fault.ts';
import type { AlphabetOf } from './field-part.ts';
import type { Filter } from './rule.ts';
import type { Words } from './words.ts';

export type FilterParse = { readonly kind: 'filter'; readonly filter: Filter } | SyntaxFault;

const charactersMax = 1024;
const relationPattern = /^[a-z][a-z0-9_]{0,49}$/;

/**
 * Reads what stands after `filter:`.
 *
 *     filter = LIST "by" RELATION "on" TYPE:ID        items[*] by can_view on content:quantum.algorithm/{id}
 *
 * LIST leads from the top of the answer to an array: `items[*]`, `data.items[*]`, or `[*]` when the answer itself is one.
 */
export const parseFilter = (text: string, alphabetOf: AlphabetOf): FilterParse => {
  if (text.length > charactersMax) return faultAt(charactersMax, `it is longer than ${charactersMax} characters`);
  const words = wordsOf(text);
  const list = readList(words);
  if ('kind' in list) return list;
  const by = expectWord(words, 'by', 'the list');
  if (by !== undefined) return by;
  const relation = words.take();
  if (!relationPattern.test(relation.text))
    return faultAt(relation.at, `"${relation.text}" is not the name of a relation`);
  const on = expectWord(words, 'on', `"${relation.text}"`);
  if (on !== undefined) return on;
  const object = words.take();
  if (object.text === '') return faultAt(object.at, 'expected an object (TYPE:ID) after "on"');
  const parsed = parseObject(object.text, elementPart(alphabetOf));
  if (parsed.kind === 'fault') return { ...parsed, at: object.at + parsed.at };
  const rest = words.take();
  if (rest.text !== '') return faultAt(rest.at, `"${rest.text}" is too much here`);
  const { type, parts: id } = parsed;
  return { kind: 'filter', filter: { list: list.names, relation: relation.text, type, id, text } };
};

const readList = (words: Words): { readonly names: readonly string[] } | SyntaxFault => {
  const { text, at } = words.take();
  const path = /^(.*)\[\*\]$/.exec(text)?.[1];
  const names = path === undefined ? undefined : path === '' ? [] : readFieldNames(path);
  if (names !== undefined) return { names };
  return faultAt(at, `"${text}" is not a list; write NAME[*], NAME.NAME[*] or [*] for the answer itself`);
};

const expectWord = (words: Words, expected: string, after: string): SyntaxFault | undefined => {
  const { text, at } = words.take();
  return text === expected ? undefined : faultAt(at, `expected "${expected}" after ${after}`, expected);
};
