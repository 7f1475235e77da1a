import { isAlias, isMap, isScalar, isSeq, visit } from 'yaml';
import { yamlDocument } from '../yaml-document.ts';
import { fileStart, routeProblem } from './problem.ts';
import type { Document, Pair, YAMLError, YAMLMap } from 'yaml';
import type { Position } from '../yaml-document.ts';
import type { RouteProblem } from './problem.ts';

export type YamlPath = readonly PropertyKey[];

/** A parsed file: its value as plain data, and where in the text each piece of it stands. */
export type YamlFile = {
  readonly file: string;
  readonly value: unknown;
  /** Where the value at a path begins, or `offset` characters into it. The nearest key above when there is no such value. */
  readonly at: (path: YamlPath, offset?: number) => Position;
  /** Where the key that leads to a path begins, or `offset` characters into it. */
  readonly keyAt: (path: YamlPath, offset?: number) => Position;
};

export type YamlRead =
  | { readonly kind: 'read'; readonly yaml: YamlFile }
  | { readonly kind: 'broken'; readonly problems: readonly RouteProblem[] };

type Locate = (offset: number) => Position;
type Node = { readonly range?: readonly number[] | null | undefined };

/** One mistake makes the parser stumble many times; people read the first few. */
const problemsMax = 20;

/** Reads one YAML 1.2 document. Duplicate keys, aliases, tags and keys that are no text are refused, never resolved. */
export const readYaml = (file: string, text: string): YamlRead => {
  const read = yamlDocument(text);
  if (read.kind === 'broken') return { kind: 'broken', problems: [routeProblem(file, read.position, read.message)] };
  const { document, positionOf } = read;
  const problems = faults(document, file, text, positionOf);
  if (problems.length > 0) return { kind: 'broken', problems: problems.slice(0, problemsMax) };
  return { kind: 'read', yaml: yamlFile(document, file, text, positionOf) };
};

/** What is wrong with the text as YAML, and what YAML can say but a route file must not. The plainest explanation alone where there is one. */
const faults = (document: Document, file: string, text: string, locate: Locate): readonly RouteProblem[] => {
  if (document.directives?.yaml.explicit) return [routeProblem(file, fileStart, 'a %YAML directive is not supported')];
  const mistakes = [...document.errors, ...document.warnings].map((fault) =>
    routeProblem(file, locate(fault.pos[0]), faultMessage(fault)),
  );
  const stars = mistakes.length > 0 ? unquotedStars(text, file, locate) : [];
  return stars.length > 0 ? stars : [...mistakes, ...refusedNodes(document, file, locate)];
};

/** The commonest slip: YAML reads `*:` as an alias and then complains about something further down. */
const unquotedStars = (text: string, file: string, locate: Locate): readonly RouteProblem[] =>
  [...text.matchAll(/^ *(\*[^\s:"]*):/gm)].map((match) =>
    routeProblem(file, locate(match.index + match[0].indexOf('*')), `the key ${match[1]} needs quotes: "${match[1]}"`),
  );

const faultMessage = ({ code, message }: YAMLError): string => {
  const first = message.split('\n')[0] ?? message;
  if (code === 'DUPLICATE_KEY') return 'the same key stands twice';
  if (code === 'BAD_ALIAS') return 'aliases are not supported; put the text in quotes';
  return `not valid YAML: ${first.charAt(0).toLowerCase()}${first.slice(1)}`;
};

const refusedNodes = (document: Document, file: string, locate: Locate): readonly RouteProblem[] => {
  const problems: RouteProblem[] = [];
  const refuse = (node: unknown, message: string): void =>
    void problems.push(routeProblem(file, locate(startOf(node)), message));
  visit(document, {
    Alias: (_key, node) => refuse(node, 'aliases are not supported; write the value out'),
    Node: (_key, node) => {
      if (!isAlias(node) && node.tag !== undefined && !standardTags.has(node.tag))
        refuse(node, `the tag ${node.tag} is not supported`);
    },
    Pair: (_key, { key }) => {
      if (!isScalar(key) || typeof key.value !== 'string') refuse(key, 'a key must be text; put it in quotes');
      else if (key.value === '__proto__') refuse(key, '"__proto__" is not a key');
    },
  });
  return problems;
};

const standardTags: ReadonlySet<string> = new Set(
  ['map', 'seq', 'str', 'int', 'float', 'bool', 'null'].map((name) => `tag:yaml.org,2002:${name}`),
);

const yamlFile = (document: Document, file: string, text: string, locate: Locate): YamlFile => {
  const pairIn = pairFinder();
  const nodeAt = (path: YamlPath): unknown => {
    let node: unknown = document.contents;
    for (const step of path) {
      if (isMap(node)) node = pairIn(node, step)?.value;
      else if (isSeq(node)) node = node.items[Number(step)];
      else return undefined;
    }
    return node;
  };
  const place = (node: unknown, offset: number): Position => locate(startOf(node) + inside(node, text, offset));
  const keyAt = (path: YamlPath, offset = 0): Position => {
    for (let length = path.length; length > 0; length--) {
      const parent = nodeAt(path.slice(0, length - 1));
      const key = isMap(parent) ? pairIn(parent, path[length - 1])?.key : undefined;
      if (key !== undefined) return place(key, length === path.length ? offset : 0);
    }
    return fileStart;
  };
  const at = (path: YamlPath, offset = 0): Position => {
    const node = nodeAt(path);
    return node === undefined || node === null ? keyAt(path) : place(node, offset);
  };
  return { file, value: document.toJS({ maxAliasCount: 0 }), at, keyAt };
};

const startOf = (node: unknown): number => (node as Node | null | undefined)?.range?.[0] ?? 0;

/** Steps into a scalar only where its text stands in the file as it is; a folded or escaped one is named by its beginning. */
const inside = (node: unknown, text: string, offset: number): number => {
  if (offset === 0 || !isScalar(node) || typeof node.value !== 'string') return 0;
  const start = startOf(node);
  const quote = text[start] === '"' || text[start] === "'" ? 1 : 0;
  return text.startsWith(node.value, start + quote) ? offset + quote : 0;
};

/** Finds pairs by key. The keys of a map are listed when it is first asked: a file may have ten thousand under one host. */
const pairFinder = (): ((map: YAMLMap, key: PropertyKey | undefined) => Pair | undefined) => {
  const listed = new Map<YAMLMap, ReadonlyMap<unknown, Pair>>();
  return (map, key) => {
    let pairs = listed.get(map);
    if (pairs === undefined)
      listed.set(map, (pairs = new Map(map.items.map((pair) => [isScalar(pair.key) ? pair.key.value : pair, pair]))));
    return pairs.get(key);
  };
};
