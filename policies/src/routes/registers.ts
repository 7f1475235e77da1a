import { nearest } from '../model/suggest.ts';
import { faultAt } from './fault.ts';
import { responsePart } from './field-part.ts';
import { parseObject, parseParts } from './template.ts';
import { wordsOf } from './words.ts';
import type { SyntaxFault } from './fault.ts';
import type { AlphabetOf } from './field-part.ts';
import type { FieldPart } from './rule.ts';
import type { Word, Words } from './words.ts';

/** What `registers` says; whose content it is has still to be checked. */
export type RegistersSentence = {
  readonly type: string;
  readonly parts: readonly FieldPart[];
  readonly title?: readonly FieldPart[];
  readonly granting?: 'owner' | 'maintainer';
  readonly isPrivate: boolean;
};
export type RegistersParse = { readonly kind: 'registers'; readonly sentence: RegistersSentence } | SyntaxFault;

type Clauses = Omit<RegistersSentence, 'type' | 'parts'>;

const charactersMax = 1024;
const clauses = ['titled', 'granting', 'private'] as const;
const grants = ['owner', 'maintainer'] as const;

/**
 * Reads what stands after `registers:`.
 *
 *     content:quantum.algorithm/{response.id} titled {response.name} granting owner private
 *
 * The clauses behind the object have no order, and each stands once at most. A title is one word: text and placeholders.
 */
export const parseRegisters = (text: string, alphabetOf: AlphabetOf): RegistersParse => {
  if (text.length > charactersMax) return faultAt(charactersMax, `it is longer than ${charactersMax} characters`);
  const words = wordsOf(text);
  const first = words.take();
  if (first.text === '') return faultAt(first.at, 'expected an object, as in "content:app.kind/{response.id}"');
  const object = parseObject(first.text, responsePart(alphabetOf));
  if (object.kind === 'fault') return { ...object, at: first.at + object.at };
  const read = readClauses(words, alphabetOf);
  if (read.kind === 'fault') return read;
  return { kind: 'registers', sentence: { type: object.type, parts: object.parts, ...read.clauses } };
};

const readClauses = (
  words: Words,
  alphabetOf: AlphabetOf,
): { readonly kind: 'clauses'; readonly clauses: Clauses } | SyntaxFault => {
  let read: Clauses = { isPrivate: false };
  const seen = new Set<string>();
  for (let word = words.take(); word.text !== ''; word = words.take()) {
    const name = clauses.find((clause) => clause === word.text);
    if (name === undefined) return faultAt(word.at, `"${word.text}" is too much here`, nearest(word.text, clauses));
    if (seen.has(name)) return faultAt(word.at, `"${name}" stands twice`);
    seen.add(name);
    const clause = name === 'private' ? { isPrivate: true } : readClause(name, words.take(), alphabetOf);
    if ('kind' in clause) return clause;
    read = { ...read, ...clause };
  }
  return { kind: 'clauses', clauses: read };
};

const readClause = (
  name: 'titled' | 'granting',
  word: Word,
  alphabetOf: AlphabetOf,
): Pick<Clauses, 'title' | 'granting'> | SyntaxFault => {
  if (name === 'titled') return readTitle(word, alphabetOf);
  const granting = grants.find((grant) => grant === word.text);
  return granting === undefined
    ? faultAt(word.at, '"granting" is followed by "owner" or "maintainer"', nearest(word.text, grants))
    : { granting };
};

const readTitle = (word: Word, alphabetOf: AlphabetOf): Pick<Clauses, 'title'> | SyntaxFault => {
  if (word.text === '') return faultAt(word.at, 'expected a title after "titled", as in "titled {response.name}"');
  const title = parseParts(word.text, 0, responsePart(alphabetOf));
  return title.kind === 'fault' ? { ...title, at: word.at + title.at } : { title: title.parts };
};
