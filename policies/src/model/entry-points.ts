import { allRelations, parentTypes } from './graph.ts';
import type { Relation, Rewrite } from './relation.ts';
import type { Types } from './read-json.ts';

/**
 * Relations that no set of tuples can ever make true, such as `a: b from parent` with `b: a from parent`.
 * Both operands of `but not` need an entry, as on the server: an exclusion of nothing is a mistake.
 */
export const withoutEntry = (types: Types): readonly Relation[] => {
  const entered = new Set<Relation>();
  const relations = allRelations(types);
  for (let grew = true; grew;) {
    grew = false;
    for (const relation of relations) {
      if (entered.has(relation) || !hasEntry(types, relation, relation.rewrite, entered)) continue;
      entered.add(relation);
      grew = true;
    }
  }
  return relations.filter((relation) => !entered.has(relation));
};

const hasEntry = (types: Types, relation: Relation, rewrite: Rewrite, entered: ReadonlySet<Relation>): boolean => {
  const isEntered = (type: string, name: string): boolean => {
    const other = types.get(type)?.get(name);
    return other !== undefined && entered.has(other);
  };
  switch (rewrite.kind) {
    case 'direct':
      return relation.restrictions.some((r) => r.kind !== 'userset' || isEntered(r.type, r.relation));
    case 'computed':
      return isEntered(relation.type, rewrite.relation);
    case 'parents':
      return parentTypes(types, relation.type, rewrite.tupleset).some(({ type }) => isEntered(type, rewrite.relation));
    case 'union':
      return rewrite.of.some((operand) => hasEntry(types, relation, operand, entered));
    case 'intersection':
      return rewrite.of.every((operand) => hasEntry(types, relation, operand, entered));
    case 'exclusion':
      return hasEntry(types, relation, rewrite.base, entered) && hasEntry(types, relation, rewrite.subtract, entered);
  }
};
