import { obeys } from './alphabet.ts';
import { decodedSegments, mayHoldSlash } from './encoded-slash.ts';
import { hostShape } from './host-pattern.ts';
import { nearMisses } from './near.ts';
import { pathShape } from './path-pattern.ts';
import { trie } from './trie.ts';
import type { NearMiss } from './near.ts';
import type { Alphabet, Rule } from './rule.ts';
import type { Target } from './target.ts';
import type { Trie } from './trie.ts';

/** The parent relations of a type in the model that the rules were checked against; `within` follows them. */
export type ParentsOf = (type: string) => readonly string[];

export type Params = Readonly<Record<string, string>>;

export type Matched = {
  readonly kind: 'match';
  readonly rule: Rule;
  readonly params: Params;
  readonly parentsOf: ParentsOf;
};

export type RouteMatch = Matched | BadParameter | AmbiguousPath | { readonly kind: 'none' };

/** A path with an encoded slash that no rule allows; `rule` when one matched that does not allow it. */
export type AmbiguousPath = { readonly kind: 'ambiguous-path'; readonly rule?: Rule; readonly detail: string };

/** The value of a parameter is outside its alphabet. */
export type BadParameter = {
  readonly kind: 'bad-parameter';
  readonly rule: Rule;
  readonly name: string;
  readonly alphabet: Alphabet;
};

/** `the parameter {id} of "quantum GET /algorithms/{id}" is outside its alphabet (slug)` */
export const badParameterText = ({ rule, name, alphabet }: BadParameter): string =>
  `the parameter {${name}} of "${rule.id}" is outside its alphabet (${alphabet})`;

/** Immutable; a reload makes a new one. */
export type RouteTable = {
  /** Of the files that it was made from; empty for a table that decides no request. */
  readonly digest: string;
  readonly rules: readonly Rule[];
  readonly match: (target: Asked) => RouteMatch;
  /** For people who wonder why nothing matched: at most five rules, nearest first. */
  readonly near: (target: Target) => readonly NearMiss[];
};

type Asked = Pick<Target, 'host' | 'method' | 'segments'> & Partial<Pick<Target, 'hasEncodedSlash'>>;
type Methods = Map<string, Trie>;
type Hosts = { readonly exact: Map<string, Methods>; readonly labels: Map<string, Methods>; any: Methods | undefined };

const none = { kind: 'none' } as const;
const noParams: Params = Object.freeze({});

/**
 * Rules ready to be matched. The most specific host pattern that fits owns the request (exact, then one label, then `*`),
 * with no way back to a wider one; under it literal beats parameter beats `**`. A value outside its parameter's alphabet is
 * refused, never tried against a wider rule. `GET` stands for `HEAD` where no rule of the same host and path says
 * `HEAD` and nothing is filtered: the head of an unfiltered answer would tell of what the caller may not see.
 *
 * A path with an encoded slash has two readings. It is matched in the one that is forwarded, by a rule that allows it, and
 * only where the other one does not lead to another rule: what an application might read must not be decided by another rule.
 */
export const routeTable = (rules: readonly Rule[], parentsOf: ParentsOf, digest = ''): RouteTable => {
  const hosts = hostsOf(rules);
  return {
    digest,
    rules,
    match: ({ host, method, segments, hasEncodedSlash }) => {
      const owned = ownerOf(hosts, host)?.get(method);
      const rule = owned?.find(segments);
      const ambiguous = hasEncodedSlash === true ? ambiguity(rule, owned?.find(decodedSegments(segments))) : undefined;
      if (ambiguous !== undefined) return ambiguous;
      return rule === undefined || isHeadless(rule, method) ? none : bind(rule, host, segments, parentsOf);
    },
    near: (target) => nearMisses(rules, target),
  };
};

/** A rule that filters owns its path for HEAD too, but does not answer it: no wider rule may do so either. */
const isHeadless = (rule: Rule, method: string): boolean => method === 'HEAD' && rule.filter !== undefined;

const ambiguity = (rule: Rule | undefined, decoded: Rule | undefined): AmbiguousPath | undefined => {
  if (rule?.allowsEncodedSlash !== true)
    return { kind: 'ambiguous-path', ...(rule && { rule }), detail: 'an encoded slash stands in the path' };
  if (decoded === undefined || decoded === rule) return undefined;
  return { kind: 'ambiguous-path', rule, detail: `with its slash decoded, the path is that of "${decoded.id}"` };
};

/** The one host pattern's rules that speak for a host. */
const ownerOf = ({ exact, labels, any }: Hosts, host: string): Methods | undefined => {
  const own = exact.size === 0 ? undefined : exact.get(host);
  if (own !== undefined || labels.size === 0) return own ?? any;
  const dot = host.indexOf('.');
  return (dot > 0 ? labels.get(host.slice(dot + 1)) : undefined) ?? any;
};

const hostsOf = (rules: readonly Rule[]): Hosts => {
  const hosts: Hosts = { exact: new Map(), labels: new Map(), any: undefined };
  const heads = new Set(rules.filter(({ method }) => method === 'HEAD').map(shapeOf));
  for (const rule of rules) {
    const methods = methodsOf(hosts, rule);
    triesOf(methods, rule.method).insert(rule);
    if (rule.method === 'GET' && !heads.has(shapeOf(rule))) triesOf(methods, 'HEAD').insert(rule);
  }
  return hosts;
};

const shapeOf = ({ host, path }: Rule): string => `${hostShape(host)}/${pathShape(path)}`;

const methodsOf = (hosts: Hosts, { host }: Rule): Methods => {
  switch (host.kind) {
    case 'any':
      return (hosts.any ??= new Map());
    case 'exact':
      return entry(hosts.exact, host.host, () => new Map());
    case 'label':
      return entry(hosts.labels, host.suffix, () => new Map());
  }
};

const triesOf = (methods: Methods, method: string): Trie => entry(methods, method, trie);

const entry = <Value>(map: Map<string, Value>, key: string, make: () => Value): Value => {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
};

const mayHave = (rule: Rule, name: string, alphabet: Alphabet, value: string): boolean =>
  obeys(alphabet, value) || mayHoldSlash(rule, name, alphabet, value);

const bind = (rule: Rule, host: string, segments: readonly string[], parentsOf: ParentsOf): RouteMatch => {
  let params: Record<string, string> | undefined;
  if (rule.host.kind === 'label' && rule.host.param !== undefined) {
    const { param, alphabet = 'token' } = rule.host;
    const value = host.slice(0, host.indexOf('.'));
    if (!obeys(alphabet, value)) return { kind: 'bad-parameter', rule, name: param, alphabet };
    params = { [param]: value };
  }
  for (let index = 0; index < rule.path.length; index++) {
    const segment = rule.path[index] as Rule['path'][number];
    if (segment.kind !== 'param') continue;
    const value = segments[index] as string;
    const { name, alphabet } = segment;
    if (!mayHave(rule, name, alphabet, value)) return { kind: 'bad-parameter', rule, name, alphabet };
    params ??= {};
    params[segment.name] = value;
  }
  return { kind: 'match', rule, params: params ?? noParams, parentsOf };
};
