import type { Relation, Restriction, Rewrite } from './relation.ts';
import type { Types } from './read-json.ts';

/** One relation may be decided by another. `isStrict` when the way leads through an operand of `and` or `but not`. */
export type Edge = { readonly to: Relation; readonly isStrict: boolean };

/** The restrictions of a tupleset: the types on which `relation from tupleset` is looked up. */
export const parentTypes = (types: Types, type: string, tupleset: string): readonly Restriction[] =>
  types.get(type)?.get(tupleset)?.restrictions ?? [];

/** Every relation that a relation's answer may depend on, in one step. */
export const edgesOf = (types: Types, relation: Relation): readonly Edge[] => {
  const edges: Edge[] = [];
  const add = (type: string, name: string, isStrict: boolean): void => {
    const to = types.get(type)?.get(name);
    if (to) edges.push({ to, isStrict });
  };
  const walk = (rewrite: Rewrite, isStrict: boolean): void => {
    switch (rewrite.kind) {
      case 'direct':
        for (const r of relation.restrictions) if (r.kind === 'userset') add(r.type, r.relation, isStrict);
        return;
      case 'computed':
        return add(relation.type, rewrite.relation, isStrict);
      case 'parents':
        for (const parent of parentTypes(types, relation.type, rewrite.tupleset))
          add(parent.type, rewrite.relation, isStrict);
        return;
      case 'union':
        return rewrite.of.forEach((operand) => walk(operand, isStrict));
      case 'intersection':
        return rewrite.of.forEach((operand) => walk(operand, true));
      case 'exclusion':
        walk(rewrite.base, true);
        return walk(rewrite.subtract, true);
    }
  };
  walk(relation.rewrite, false);
  return edges;
};

/** Everything reachable from a relation by one step or more; contains the relation itself exactly when it is recursive. */
export const reachableFrom = (
  relation: Relation,
  edges: (relation: Relation) => readonly Edge[],
): ReadonlySet<Relation> => {
  const reached = new Set<Relation>();
  const waiting = [relation];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const { to } of edges(next)) {
      if (reached.has(to)) continue;
      reached.add(to);
      waiting.push(to);
    }
  }
  return reached;
};

export const allRelations = (types: Types): readonly Relation[] =>
  [...types.values()].flatMap((relations) => [...relations.values()]);
