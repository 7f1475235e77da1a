import { hostShape } from './host-pattern.ts';
import { pathShape } from './path-pattern.ts';
import { routeProblem } from './problem.ts';
import type { PlacedRule } from './compile-rule.ts';
import type { RouteProblem } from './problem.ts';
import type { Rule } from './rule.ts';
import type { RouteTable } from './table.ts';

/** Rules that match exactly what another one matches, in one file or across files. */
export const duplicates = (rules: readonly PlacedRule[]): readonly RouteProblem[] => {
  const first = new Map<string, Rule>();
  return rules.flatMap(({ rule, at }) => {
    const shape = `${rule.method} ${hostShape(rule.host)}/${pathShape(rule.path)}`;
    const before = first.get(shape);
    if (before === undefined) {
      first.set(shape, rule);
      return [];
    }
    return [
      routeProblem(
        rule.file,
        at,
        `the rule "${rule.id}" matches the same requests as "${before.id}" (${before.file}:${before.line})`,
      ),
    ];
  });
};

/**
 * Rules that no request can reach because more specific ones take everything. A NUL stands for "any other value": it can
 * be in no rule's text, so whatever takes the witness from a rule takes every request of that length from it. `table` is made of
 * the same rules.
 */
export const unreachable = (rules: readonly PlacedRule[], table: RouteTable): readonly RouteProblem[] => {
  const depthMax = rules.reduce((depth, { rule }) => Math.max(depth, rule.path.length), 0);
  return rules.flatMap(({ rule, at }) =>
    isReached(table, rule, depthMax)
      ? []
      : [
          routeProblem(
            rule.file,
            at,
            `the rule "${rule.id}" is unreachable: other rules match everything that it matches`,
          ),
        ],
  );
};

const isReached = (table: RouteTable, rule: Rule, depthMax: number): boolean => {
  const host = witnessHost(rule);
  return witnessPaths(rule, depthMax).some((segments) => {
    const match = table.match({ host, method: rule.method, segments });
    return match.kind !== 'none' && match.rule === rule;
  });
};

const anyOther = '\0';

const witnessHost = ({ host }: Rule): string => {
  switch (host.kind) {
    case 'any':
      return anyOther;
    case 'exact':
      return host.host;
    case 'label':
      return `${anyOther}.${host.suffix}`;
  }
};

/** One path for a rule of fixed length; for `**` one of every length up to beyond the longest rule, with and without a slash at its end. */
const witnessPaths = ({ path }: Rule, depthMax: number): readonly (readonly string[])[] => {
  const fixed = path.flatMap((segment) =>
    segment.kind === 'rest' ? [] : [segment.kind === 'literal' ? segment.text : anyOther],
  );
  if (path.at(-1)?.kind !== 'rest') return [fixed];
  const lengths = Array.from({ length: depthMax + 1 }, (_, more) => [
    ...fixed,
    ...Array.from({ length: more }, () => anyOther),
  ]);
  return lengths.flatMap((segments) => [
    [...segments, anyOther],
    [...segments, ''],
  ]);
};
