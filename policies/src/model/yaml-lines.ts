import { isNode, LineCounter, parseDocument } from 'yaml';
import type { Document } from 'yaml';

/** A YAML text with the lines of its values. `lineOf` falls back to the nearest container that exists; lines count from 1. */
export type LinedYaml = {
  readonly value: unknown;
  readonly syntaxError?: { readonly line: number; readonly message: string };
  readonly lineOf: (path: readonly PropertyKey[]) => number;
};

export const linedYaml = (text: string): LinedYaml => {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter });
  const broken = document.errors[0];
  if (broken !== undefined) {
    const line = broken.linePos?.[0].line ?? 1;
    return { value: undefined, syntaxError: { line, message: broken.message.split('\n')[0]! }, lineOf: () => line };
  }
  return { value: document.toJS(), lineOf: (path) => lineAt(document, counter, path) };
};

const lineAt = (document: Document, counter: LineCounter, path: readonly PropertyKey[]): number => {
  for (let length = path.length; length >= 0; length--) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return counter.linePos(node.range[0]).line;
  }
  return 1;
};
