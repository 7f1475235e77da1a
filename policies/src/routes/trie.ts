import type { Rule } from './rule.ts';

/** Rules of one method under one host pattern, by segment. A path leads to at most one node, so a search visits each node at most once. */
export type Trie = {
  /** A rule whose path equals one in the trie must not be inserted: the loader refuses duplicates. */
  readonly insert: (rule: Rule) => void;
  /** The most specific rule: at every segment a literal beats a parameter beats `**`. Alphabets are not looked at. */
  readonly find: (segments: readonly string[]) => Rule | undefined;
};

type Node = {
  literals: Map<string, Node> | undefined;
  param: Node | undefined;
  rest: Rule | undefined;
  rule: Rule | undefined;
};

export const trie = (): Trie => {
  const root = node();
  return {
    insert: (rule) => {
      let at = root;
      for (const segment of rule.path) {
        if (segment.kind === 'rest') {
          at.rest = rule;
          return;
        }
        at = segment.kind === 'literal' ? literalChild(at, segment.text) : (at.param ??= node());
      }
      at.rule = rule;
    },
    find: (segments) => search(root, segments, 0),
  };
};

const node = (): Node => ({ literals: undefined, param: undefined, rest: undefined, rule: undefined });

const literalChild = (parent: Node, text: string): Node => {
  const literals = (parent.literals ??= new Map<string, Node>());
  let child = literals.get(text);
  if (child === undefined) literals.set(text, (child = node()));
  return child;
};

const search = (at: Node, segments: readonly string[], depth: number): Rule | undefined => {
  if (depth === segments.length) return at.rule;
  const segment = segments[depth] as string;
  const literal = at.literals?.get(segment);
  const byLiteral = literal === undefined ? undefined : search(literal, segments, depth + 1);
  if (byLiteral !== undefined) return byLiteral;
  // The empty segment behind a trailing slash is no value: `/a/` is another path than `/a/{id}`.
  const byParam = at.param === undefined || segment === '' ? undefined : search(at.param, segments, depth + 1);
  return byParam ?? at.rest;
};
