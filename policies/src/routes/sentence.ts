import { nearest } from '../model/suggest.ts';
import { faultAt } from './fault.ts';
import { parseTemplate } from './template.ts';
import { wordsOf } from './words.ts';
import type { SyntaxFault } from './fault.ts';
import type { ObjectTemplate, Sentence } from './rule.ts';
import type { Word, Words } from './words.ts';

export type SentenceParse = { readonly kind: 'sentence'; readonly sentence: Sentence } | SyntaxFault;

const charactersMax = 4096;
const depthMax = 8;
/** Brackets and commas stand alone. */
const wordPattern = /[[\],]|[^\s[\],]+/g;
const relationPattern = /^[a-z][a-z0-9_]{0,49}$/;
const openings: readonly string[] = ['everyone', 'signed-in', 'nobody', 'any', 'all'];

/**
 * Reads what stands after `allow:`.
 *
 *     sentence = "everyone" | "signed-in" | "nobody" | permission | ("any" | "all") "of" "[" sentence *("," sentence) "]"
 *     permission = RELATION "on" TYPE:ID ["within" TYPE:ID]
 */
export const parseSentence = (text: string): SentenceParse => {
  if (text.length > charactersMax)
    return faultAt(charactersMax, `the sentence is longer than ${charactersMax} characters`);
  const words = wordsOf(text, wordPattern);
  const parsed = readSentence(words, 0);
  if (parsed.kind === 'fault') return parsed;
  const rest = words.take();
  if (rest.text === '') return parsed;
  if (rest.text === 'within') return faultAt(rest.at, '"within" is too much here; it stands once, behind an object');
  return faultAt(rest.at, `"${rest.text}" is too much here`, nearest(rest.text, ['within']));
};

/** The one spelling of a sentence; `parseSentence` reads it back. */
export const printSentence = (sentence: Sentence): string => {
  switch (sentence.kind) {
    case 'everyone':
    case 'signed-in':
    case 'nobody':
      return sentence.kind;
    case 'permission':
      return `${sentence.relation} on ${sentence.object.text}${sentence.within === undefined ? '' : ` within ${sentence.within.text}`}`;
    case 'any':
    case 'all':
      return `${sentence.kind} of [${sentence.of.map(printSentence).join(', ')}]`;
  }
};

const readSentence = (words: Words, depth: number): SentenceParse => {
  const first = words.take();
  switch (first.text) {
    case 'everyone':
    case 'signed-in':
    case 'nobody':
      return { kind: 'sentence', sentence: { kind: first.text } };
    case 'any':
    case 'all':
      return depth < depthMax
        ? readList(words, first.text, depth)
        : faultAt(first.at, `lists are nested more than ${depthMax} deep`);
    default:
      return readPermission(words, first);
  }
};

const readList = (words: Words, kind: 'any' | 'all', depth: number): SentenceParse => {
  for (const expected of ['of', '[']) {
    const word = words.take();
    if (word.text !== expected)
      return faultAt(
        word.at,
        `expected "${expected}" after "${kind}${expected === '[' ? ' of' : ''}"`,
        `${kind} of [...]`,
      );
  }
  const of: Sentence[] = [];
  for (;;) {
    const parsed = readSentence(words, depth + 1);
    if (parsed.kind === 'fault') return parsed;
    of.push(parsed.sentence);
    const separator = words.take();
    if (separator.text === ']') return { kind: 'sentence', sentence: { kind, of } };
    if (separator.text !== ',') return faultAt(separator.at, `expected "," or "]" in the list after "${kind} of"`);
  }
};

const readPermission = (words: Words, first: Word): SentenceParse => {
  const on = words.peek();
  if (on.text !== 'on') return notASentence(first, on);
  if (!relationPattern.test(first.text)) return faultAt(first.at, `"${first.text}" is not the name of a relation`);
  words.take();
  const object = readTemplate(words, 'on');
  if (object.kind === 'fault') return object;
  const permission = { kind: 'permission', relation: first.text, object: object.template } as const;
  if (words.peek().text !== 'within') return { kind: 'sentence', sentence: permission };
  words.take();
  const within = readTemplate(words, 'within');
  return within.kind === 'fault' ? within : { kind: 'sentence', sentence: { ...permission, within: within.template } };
};

const readTemplate = (
  words: Words,
  after: string,
): { readonly kind: 'template'; readonly template: ObjectTemplate } | SyntaxFault => {
  const word = words.take();
  if (word.text === '') return faultAt(word.at, `expected an object (TYPE:ID) after "${after}"`);
  const parsed = parseTemplate(word.text);
  return parsed.kind === 'fault' ? { ...parsed, at: word.at + parsed.at } : parsed;
};

const notASentence = (first: Word, second: Word): SyntaxFault => {
  if (first.text === '') return faultAt(first.at, 'expected a sentence, as in "can_view on content:app.kind/{id}"');
  const meant = nearest(first.text, openings);
  if (meant !== undefined) return faultAt(first.at, `"${first.text}" does not begin a sentence`, meant);
  if (!relationPattern.test(first.text)) return faultAt(first.at, `"${first.text}" does not begin a sentence`);
  return faultAt(second.at, `expected "on" and an object after "${first.text}"`, nearest(second.text, ['on']));
};
