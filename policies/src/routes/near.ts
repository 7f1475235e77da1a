import { editDistance } from '../model/suggest.ts';
import { hostShape } from './host-pattern.ts';
import type { HostPattern, Rule, Segment } from './rule.ts';
import type { Target } from './target.ts';

/** A rule that would have matched but for one thing: `lacks` says which, for people. */
export type NearMiss = { readonly route: string; readonly lacks: string };

type Miss = { readonly rank: number; readonly lacks: string };
type Ranked = Miss & NearMiss;

const missesMax = 5;
const segmentComparedMax = 100;

/** The rules that miss a request by its method, its host, a trailing slash or one segment, in this order. */
export const nearMisses = (rules: readonly Rule[], target: Target): readonly NearMiss[] =>
  rules
    .flatMap((rule) => missOf(rule, target) ?? [])
    .toSorted((left, right) => left.rank - right.rank)
    .slice(0, missesMax)
    .map(({ route, lacks }) => ({ route, lacks }));

const missOf = (rule: Rule, target: Target): Ranked | undefined => {
  const path = pathMiss(rule.path, target.segments);
  if (path === 'far') return undefined;
  const misses: Miss[] = path === 'none' ? [] : [path];
  const { method } = target;
  if (rule.method !== method && !(rule.method === 'GET' && method === 'HEAD'))
    misses.push({ rank: 0, lacks: `the method is ${method}, the rule has ${rule.method}` });
  if (!fits(rule.host, target.host))
    misses.push({ rank: 1, lacks: `the host is ${target.host}, the rule has ${hostShape(rule.host)}` });
  const [miss] = misses;
  return miss !== undefined && misses.length === 1 ? { route: rule.id, ...miss } : undefined;
};

const fits = (pattern: HostPattern, host: string): boolean => {
  switch (pattern.kind) {
    case 'any':
      return true;
    case 'exact':
      return pattern.host === host;
    case 'label':
      return host.indexOf('.') > 0 && host.slice(host.indexOf('.') + 1) === pattern.suffix;
  }
};

const pathMiss = (path: readonly Segment[], segments: readonly string[]): Miss | 'none' | 'far' => {
  if (!hasLength(path, segments)) return slashMiss(path, segments);
  const wrong = path.flatMap((segment, index) => (accepts(segment, segments[index]) ? [] : [index]));
  const [index] = wrong;
  if (index === undefined) return 'none';
  const [expected, got] = [path[index], segments[index]];
  if (wrong.length > 1 || expected?.kind !== 'literal' || expected.text === '' || got === undefined || got === '')
    return 'far';
  const distance = got.length > segmentComparedMax ? segmentComparedMax : editDistance(got, expected.text);
  return { rank: 3 + distance, lacks: `segment ${index + 1} is "${got}", the rule has "${expected.text}"` };
};

const slashMiss = (path: readonly Segment[], segments: readonly string[]): Miss | 'far' => {
  const slashed = segments.at(-1) === '';
  const other = slashed ? segments.slice(0, -1) : [...segments, ''];
  if (!hasLength(path, other) || !path.every((segment, index) => accepts(segment, other[index]))) return 'far';
  return {
    rank: 2,
    lacks: slashed
      ? 'the path ends with a slash, the rule does not'
      : 'the rule is about the path with a slash at its end',
  };
};

const hasLength = (path: readonly Segment[], segments: readonly string[]): boolean =>
  path.at(-1)?.kind === 'rest' ? segments.length >= path.length : segments.length === path.length;

const accepts = (segment: Segment, value: string | undefined): boolean => {
  switch (segment.kind) {
    case 'literal':
      return segment.text === value;
    case 'param':
      return value !== '';
    case 'rest':
      return true;
  }
};
