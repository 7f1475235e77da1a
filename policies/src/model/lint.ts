import { allRelations, edgesOf, parentTypes, reachableFrom } from './graph.ts';
import type { Edge } from './graph.ts';
import type { Locate } from './locate.ts';
import type { ModelProblem } from './problem.ts';
import type { Relation, Rewrite } from './relation.ts';
import type { Types } from './read-json.ts';

/**
 * Where a model leaves the subset in which OpenFGA's present engine, its coming one (weighted graph) and ours agree:
 * every parent type of a `from` defines the relation, and nothing recurses through `and` or `but not`.
 */
export const lint = (types: Types, at: Locate): readonly ModelProblem[] => {
  const relations = allRelations(types);
  const edges = new Map<Relation, readonly Edge[]>(relations.map((relation) => [relation, edgesOf(types, relation)]));
  const edgesFrom = (relation: Relation): readonly Edge[] => edges.get(relation) ?? [];
  return relations.flatMap((relation) => {
    const messages = [...lackingParents(types, relation, relation.rewrite)];
    if (recursesStrictly(relation, edgesFrom))
      messages.push('recurses under "and" or "but not"; OpenFGA engines disagree on such a relation');
    return messages.map((message) => ({
      ...at(relation.type, relation.name),
      message: `${relation.type}#${relation.name}: ${message}`,
    }));
  });
};

const recursesStrictly = (relation: Relation, edgesFrom: (relation: Relation) => readonly Edge[]): boolean =>
  edgesFrom(relation).some(
    ({ to, isStrict }) => isStrict && (to === relation || reachableFrom(to, edgesFrom).has(relation)),
  );

const lackingParents = (types: Types, relation: Relation, rewrite: Rewrite): readonly string[] => {
  switch (rewrite.kind) {
    case 'direct':
    case 'computed':
      return [];
    case 'parents':
      return parentTypes(types, relation.type, rewrite.tupleset)
        .filter(({ type }) => !types.get(type)?.has(rewrite.relation))
        .map(
          ({ type }) => `"${rewrite.relation} from ${rewrite.tupleset}": ${type} has no relation ${rewrite.relation}`,
        );
    case 'union':
    case 'intersection':
      return rewrite.of.flatMap((operand) => lackingParents(types, relation, operand));
    case 'exclusion':
      return [...lackingParents(types, relation, rewrite.base), ...lackingParents(types, relation, rewrite.subtract)];
  }
};
