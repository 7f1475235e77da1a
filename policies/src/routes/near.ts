import { editDistance } from '../model/suggest.ts';
import { obeys } from './alphabet.ts';
import { hostShape } from './host-pattern.ts';
import type { HostPattern, Rule, Segment } from './rule.ts';
import type { Target } from './target.ts';

/**
 * One thing that keeps a rule from matching: what the request has there, and what the rule wants. `host-owner`: the rule's
 * host fits, but rules for a more specific one speak for it alone.
 */
export type Missing = {
  readonly kind: 'method' | 'host' | 'host-owner' | 'slash' | 'segment' | 'alphabet';
  readonly got: string;
  readonly wanted: string;
  /** Counted from 1; for `segment` and `alphabet`. */
  readonly segment?: number;
};

/** A rule that would have matched but for a thing or two; `lacks` says the same as `missing`, for people. */
export type NearMiss = { readonly route: string; readonly lacks: string; readonly missing: readonly Missing[] };

type Ranked = NearMiss & { readonly rank: number };

const shownMax = 5;
const segmentComparedMax = 100;
/** What lacks more is another rule, not a near one. */
const missingMax = 2;

/** The rules that miss a request least: by one thing before two, and by method, host, trailing slash, value or segment, in this order. */
export const nearMisses = (rules: readonly Rule[], target: Target): readonly NearMiss[] => {
  const owning = rules.reduce((most, { host }) => Math.max(most, fits(host, target.host) ? ranks[host.kind] : -1), -1);
  return rules
    .flatMap((rule) => missOf(rule, target, owning) ?? [])
    .toSorted((left, right) => left.rank - right.rank)
    .slice(0, shownMax)
    .map(({ rank: _rank, ...miss }) => miss);
};

/** The most specific pattern that fits a host speaks for it alone. */
const ranks = { any: 0, label: 1, exact: 2 } as const;

const missOf = (rule: Rule, target: Target, owning: number): Ranked | undefined => {
  const path = pathMisses(rule.path, target.segments);
  if (path === 'far') return undefined;
  const { method, host } = target;
  const missing: Missing[] = [];
  if (rule.method !== method && !(rule.method === 'GET' && method === 'HEAD'))
    missing.push({ kind: 'method', got: method, wanted: rule.method });
  const isFitting = fits(rule.host, host);
  if (!isFitting || ranks[rule.host.kind] < owning)
    missing.push({ kind: isFitting ? 'host-owner' : 'host', got: host, wanted: hostShape(rule.host) });
  missing.push(...path);
  if (!isNear(missing)) return undefined;
  const rank = missing.reduce((sum, one) => sum + rankOf(one), (missing.length - 1) * segmentComparedMax * 2);
  return { route: rule.id, lacks: missing.map(lackText).join(' and '), missing, rank };
};

const isNear = (missing: readonly Missing[]): boolean =>
  missing.length === 1 || (missing.length > 1 && missing.length <= missingMax && !missing.some(isUnlike));

const rankOf = (missing: Missing): number => {
  switch (missing.kind) {
    case 'method':
      return 0;
    case 'host':
    case 'host-owner':
      return 1;
    case 'slash':
    case 'alphabet':
      return 2;
    case 'segment':
      return 3 + distanceOf(missing);
  }
};

const distanceOf = ({ got, wanted }: Missing): number =>
  got.length > segmentComparedMax ? segmentComparedMax : editDistance(got, wanted);

/** A word with more letters changed than kept: beside another miss it says nothing. */
const isUnlike = (missing: Missing): boolean =>
  missing.kind === 'segment' && distanceOf(missing) * 2 > missing.wanted.length;

const lackText = ({ kind, got, wanted, segment }: Missing): string => {
  switch (kind) {
    case 'method':
      return `the method is ${got}, the rule has ${wanted}`;
    case 'host':
      return `the host is ${got}, the rule has ${wanted}`;
    case 'host-owner':
      return `the host is ${got}, which has rules of its own beside ${wanted}`;
    case 'slash':
      return got === ''
        ? 'the rule is about the path with a slash at its end'
        : 'the path ends with a slash, the rule does not';
    case 'segment':
      return `segment ${segment} is "${got}", the rule has "${wanted}"`;
    case 'alphabet':
      return `segment ${segment} is "${got}", which is outside the alphabet of ${wanted}`;
  }
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

const pathMisses = (path: readonly Segment[], segments: readonly string[]): readonly Missing[] | 'far' => {
  if (!hasLength(path, segments)) return slashMiss(path, segments);
  const misses: Missing[] = [];
  for (const [index, expected] of path.entries()) {
    const miss = segmentMiss(expected, segments[index] ?? '', index + 1);
    if (miss === 'far') return 'far';
    if (miss !== 'none') misses.push(miss);
  }
  return misses.filter(({ kind }) => kind === 'segment').length > 1 ? 'far' : misses;
};

const segmentMiss = (expected: Segment, got: string, segment: number): Missing | 'none' | 'far' => {
  switch (expected.kind) {
    case 'rest':
      return 'none';
    case 'literal':
      if (expected.text === got) return 'none';
      return expected.text === '' || got === '' ? 'far' : { kind: 'segment', got, wanted: expected.text, segment };
    case 'param':
      if (got === '') return 'far';
      if (obeys(expected.alphabet, got)) return 'none';
      return { kind: 'alphabet', got, wanted: `{${expected.name}} (${expected.alphabet})`, segment };
  }
};

const slashMiss = (path: readonly Segment[], segments: readonly string[]): readonly Missing[] | 'far' => {
  const slashed = segments.at(-1) === '';
  const other = slashed ? segments.slice(0, -1) : [...segments, ''];
  if (!hasLength(path, other) || !path.every((segment, index) => accepts(segment, other[index]))) return 'far';
  return [{ kind: 'slash', got: slashed ? '/' : '', wanted: slashed ? '' : '/' }];
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
