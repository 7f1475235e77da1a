import { Composer, Lexer, LineCounter, Parser, YAMLParseError, isMap, isScalar, isSeq } from 'yaml';
import type { CST, Document } from 'yaml';

/** A place in a text; both count from 1. */
export type Position = { readonly line: number; readonly column: number };

/** `document` carries its own errors. `positionOf` takes an offset in the text. */
export type YamlDocument =
  | { readonly kind: 'document'; readonly document: Document; readonly positionOf: (offset: number) => Position }
  | { readonly kind: 'broken'; readonly position: Position; readonly message: string };

/** Lists and maps inside each other, give or take one. Composing recurses, and takes seconds for what no person writes. */
const nestingMax = 64;

/**
 * One YAML 1.2 document. Does what `parseDocument` does, but looks at the nesting while it reads, so that a text which is
 * too deep is given up at that place.
 */
export const yamlDocument = (text: string): YamlDocument => {
  const lines = new LineCounter();
  const positionOf = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const read = tokensOf(text, lines);
  if (read.kind === 'too-deep') {
    return { kind: 'broken', position: positionOf(read.offset), message: 'lists and maps are nested too deep' };
  }
  // The composer compares each key with all before it, which takes seconds for ten thousand; `refuseDuplicateKeys` does not.
  const composer = new Composer({ lineCounter: lines, uniqueKeys: false });
  const [document, second] = composer.compose(read.tokens, true, text.length);
  if (document === undefined) throw new Error('the YAML composer gave no document');
  if (second !== undefined) {
    const [start, end] = second.range;
    document.errors.push(new YAMLParseError([start, end], 'MULTIPLE_DOCS', 'Source contains multiple documents'));
  }
  refuseDuplicateKeys(document, document.contents);
  return { kind: 'document', document, positionOf };
};

const refuseDuplicateKeys = (document: Document, node: unknown): void => {
  if (isSeq(node)) for (const item of node.items) refuseDuplicateKeys(document, item);
  if (!isMap(node)) return;
  const seen = new Set<unknown>();
  for (const { key, value } of node.items) {
    if (isScalar(key) && seen.size === seen.add(key.value).size) document.errors.push(duplicateKey(key.range));
    refuseDuplicateKeys(document, key);
    refuseDuplicateKeys(document, value);
  }
};

const duplicateKey = (range: readonly number[] | null | undefined): YAMLParseError =>
  new YAMLParseError([range?.[0] ?? 0, range?.[1] ?? 0], 'DUPLICATE_KEY', 'Map keys must be unique');

type Read =
  | { readonly kind: 'tokens'; readonly tokens: readonly CST.Token[] }
  | { readonly kind: 'too-deep'; readonly offset: number };

const tokensOf = (text: string, lines: LineCounter): Read => {
  const parser = new Parser(lines.addNewLine);
  const tokens: CST.Token[] = [];
  lines.addNewLine(0);
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) tokens.push(token);
    // The document itself lies at the bottom.
    if (parser.stack.length > nestingMax + 1) return { kind: 'too-deep', offset: parser.offset - lexeme.length };
  }
  tokens.push(...parser.end());
  return { kind: 'tokens', tokens };
};
