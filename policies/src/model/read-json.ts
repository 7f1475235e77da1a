import type { Locate } from './locate.ts';
import type { ModelJson, RestrictionJson, TypeJson, UsersetJson } from './json.ts';
import type { ModelProblem } from './problem.ts';
import type { Relation, Restriction, Rewrite } from './relation.ts';

export type Types = Map<string, Map<string, Relation>>;

/** OpenFGA's JSON in our own shape. Problems are those of form; whether names refer to something is for `validate`. */
export const readModelJson = (
  json: ModelJson,
  at: Locate,
): { readonly types: Types; readonly problems: ModelProblem[] } => {
  const problems: ModelProblem[] = [];
  const types: Types = new Map();
  for (const condition of Object.keys(json.conditions ?? {})) {
    problems.push({
      ...at(`condition ${condition}`),
      message: `condition ${condition}: conditions in a model are not yet supported`,
    });
  }
  for (const definition of json.type_definitions) {
    if (types.has(definition.type))
      problems.push({ ...at(definition.type), message: `type ${definition.type} is defined twice` });
    else types.set(definition.type, relationsOf(definition, at, problems));
  }
  return { types, problems };
};

const relationsOf = (definition: TypeJson, at: Locate, problems: ModelProblem[]): Map<string, Relation> => {
  const { type } = definition;
  const relations = new Map<string, Relation>();
  for (const [name, userset] of Object.entries(definition.relations ?? {})) {
    const fail = (message: string): void =>
      void problems.push({ ...at(type, name), message: `${type}#${name}: ${message}` });
    const rewrite = rewriteOf(userset, fail);
    const allowed = definition.metadata?.relations?.[name]?.directly_related_user_types ?? [];
    const restrictions = allowed.flatMap((restriction) => restrictionOf(restriction, fail));
    relations.set(name, { type, name, rewrite, restrictions, isParent: isParent(name, rewrite, restrictions) });
  }
  return relations;
};

const isParent = (name: string, rewrite: Rewrite, restrictions: readonly Restriction[]): boolean =>
  rewrite.kind === 'direct' &&
  restrictions.length === 1 &&
  restrictions[0]?.kind === 'object' &&
  restrictions[0].type === name;

const restrictionOf = (restriction: RestrictionJson, fail: (message: string) => void): Restriction[] => {
  const { type, relation, wildcard, condition } = restriction;
  if (condition) fail(`"with ${condition}": conditions in a model are not yet supported`);
  if (relation && wildcard) fail(`${type} cannot be restricted to a relation and to everybody at once`);
  if (relation) return [{ kind: 'userset', type, relation }];
  return [{ kind: wildcard ? 'wildcard' : 'object', type }];
};

const rewriteOf = (userset: UsersetJson, fail: (message: string) => void): Rewrite => {
  if (userset.this) return { kind: 'direct' };
  if (userset.computedUserset) return { kind: 'computed', relation: userset.computedUserset.relation };
  if (userset.tupleToUserset) {
    const { tupleset, computedUserset } = userset.tupleToUserset;
    return { kind: 'parents', tupleset: tupleset.relation, relation: computedUserset.relation };
  }
  if (userset.union) return { kind: 'union', of: operands(userset.union.child, 'or', fail) };
  if (userset.intersection) return { kind: 'intersection', of: operands(userset.intersection.child, 'and', fail) };
  if (userset.difference) {
    return {
      kind: 'exclusion',
      base: rewriteOf(userset.difference.base, fail),
      subtract: rewriteOf(userset.difference.subtract, fail),
    };
  }
  fail('the definition is empty');
  return { kind: 'union', of: [] };
};

const operands = (
  children: readonly UsersetJson[],
  word: string,
  fail: (message: string) => void,
): readonly Rewrite[] => {
  if (children.length < 2) fail(`"${word}" needs at least two operands`);
  return children.map((child) => rewriteOf(child, fail));
};
