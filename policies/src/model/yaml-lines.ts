import { isNode } from 'yaml';
import { yamlDocument } from '../yaml-document.ts';
import type { Document } from 'yaml';
import type { Position } from '../yaml-document.ts';

/** A YAML text with the lines of its values. `lineOf` falls back to the nearest container that exists; lines count from 1. */
export type LinedYaml = {
  readonly value: unknown;
  readonly syntaxError?: { readonly line: number; readonly message: string };
  readonly lineOf: (path: readonly PropertyKey[]) => number;
};

export const linedYaml = (text: string): LinedYaml => {
  const read = yamlDocument(text);
  if (read.kind === 'broken') return unreadable(read.position.line, read.message);
  const { document, positionOf } = read;
  const [broken] = document.errors;
  if (broken !== undefined) return unreadable(positionOf(broken.pos[0]).line, broken.message);
  try {
    return { value: document.toJS(), lineOf: (path) => lineAt(document, positionOf, path) };
  } catch (error) {
    // An alias of nothing, or of too much.
    if (!(error instanceof ReferenceError)) throw error;
    return unreadable(1, error.message);
  }
};

const unreadable = (line: number, message: string): LinedYaml => ({
  value: undefined,
  syntaxError: { line, message },
  lineOf: () => line,
});

const lineAt = (document: Document, positionOf: (offset: number) => Position, path: readonly PropertyKey[]): number => {
  for (let length = path.length; length >= 0; length--) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return positionOf(node.range[0]).line;
  }
  return 1;
};
