import { allRelations, parentTypes } from './graph.ts';
import { nearest } from './suggest.ts';
import { withoutEntry } from './entry-points.ts';
import type { Locate } from './locate.ts';
import type { ModelJson } from './json.ts';
import type { ModelProblem } from './problem.ts';
import type { Relation, Restriction, Rewrite } from './relation.ts';
import type { Types } from './read-json.ts';

const typesMax = 100;
const modelBytesMax = 256 * 1024;
const typeLengthMax = 254;
const relationLengthMax = 50;

/** The rules by which an OpenFGA server accepts a model (its `NewAndValidate`), each broken rule with its place. */
export const validate = (json: ModelJson, types: Types, at: Locate): readonly ModelProblem[] => {
  const problems: ModelProblem[] = [];
  const report: Report = (relation, message, suggestion) => {
    const place = relation === undefined ? at() : at(relation.type, relation.name);
    const subject = relation?.name === undefined ? '' : `${relation.type}#${relation.name}: `;
    problems.push({ ...place, message: `${subject}${message}`, ...(suggestion === undefined ? {} : { suggestion }) });
  };
  checkWhole(json, types, report);
  for (const [type, relations] of types) {
    const wrong = nameProblem('type', type, typeLengthMax);
    if (wrong !== undefined) report({ type }, wrong);
    for (const relation of relations.values()) checkRelation(types, relation, report);
  }
  // What has no entry or runs in circles can only be told once every name refers to something.
  if (problems.length === 0) {
    for (const relation of computedCycles(types)) report(relation, 'is computed from itself');
  }
  if (problems.length === 0) {
    for (const relation of withoutEntry(types)) report(relation, 'can never hold for anybody: no tuple can start it');
  }
  return problems;
};

type Report = (
  place: { readonly type: string; readonly name?: string } | undefined,
  message: string,
  suggestion?: string,
) => void;

const checkWhole = (json: ModelJson, types: Types, report: Report): void => {
  if (json.schema_version !== '1.1' && json.schema_version !== '1.2') {
    report(undefined, `schema ${json.schema_version} is not supported; write 1.1, or 1.2 in fga.mod`);
  }
  if (types.size === 0) report(undefined, 'a model needs at least one type');
  if (types.size > typesMax) report(undefined, `${types.size} types; at most ${typesMax} are allowed`);
  const bytes = Buffer.byteLength(JSON.stringify(json));
  if (bytes > modelBytesMax) report(undefined, `the model has ${bytes} bytes; at most ${modelBytesMax} are allowed`);
};

const nameProblem = (what: string, name: string, lengthMax: number): string | undefined => {
  if (name === 'self' || name === 'this') return `${what} ${name}: the name is reserved`;
  if (name.length === 0 || name.length > lengthMax) return `${what} ${name}: a name has 1 to ${lengthMax} characters`;
  if (/[:#@*\s\p{Cc}]/u.test(name))
    return `${what} ${name}: a name contains none of ":", "#", "@", "*" and white space`;
  return undefined;
};

const checkRelation = (types: Types, relation: Relation, report: Report): void => {
  const wrong = nameProblem('relation', relation.name, relationLengthMax);
  if (wrong !== undefined) report(relation, wrong);
  for (const restriction of relation.restrictions) checkRestriction(types, relation, restriction, report);
  const takesTuples = containsDirect(relation.rewrite);
  if (takesTuples && relation.restrictions.length === 0) report(relation, 'takes tuples but names no type in brackets');
  if (!takesTuples && relation.restrictions.length > 0) report(relation, 'names types in brackets but takes no tuples');
  checkRewrite(types, relation, relation.rewrite, report);
};

const checkRestriction = (types: Types, relation: Relation, restriction: Restriction, report: Report): void => {
  const relations = types.get(restriction.type);
  if (relations === undefined) {
    report(relation, `unknown type "${restriction.type}"`, nearest(restriction.type, types.keys()));
  } else if (restriction.kind === 'userset' && !relations.has(restriction.relation)) {
    report(
      relation,
      `unknown relation "${restriction.relation}" of ${restriction.type}`,
      nearest(restriction.relation, relations.keys()),
    );
  }
};

const containsDirect = (rewrite: Rewrite): boolean => {
  switch (rewrite.kind) {
    case 'direct':
      return true;
    case 'computed':
    case 'parents':
      return false;
    case 'union':
    case 'intersection':
      return rewrite.of.some(containsDirect);
    case 'exclusion':
      return containsDirect(rewrite.base) || containsDirect(rewrite.subtract);
  }
};

const checkRewrite = (types: Types, relation: Relation, rewrite: Rewrite, report: Report): void => {
  switch (rewrite.kind) {
    case 'direct':
      return;
    case 'computed':
      return checkComputed(types, relation, rewrite.relation, report);
    case 'parents':
      return checkParents(types, relation, rewrite.tupleset, rewrite.relation, report);
    case 'union':
    case 'intersection':
      return rewrite.of.forEach((operand) => checkRewrite(types, relation, operand, report));
    case 'exclusion':
      checkRewrite(types, relation, rewrite.base, report);
      return checkRewrite(types, relation, rewrite.subtract, report);
  }
};

const checkComputed = (types: Types, relation: Relation, name: string, report: Report): void => {
  if (name === relation.name) return report(relation, 'is computed from itself');
  const siblings = types.get(relation.type)!;
  if (!siblings.has(name))
    report(relation, `unknown relation "${name}" of ${relation.type}`, nearest(name, siblings.keys()));
};

const checkParents = (types: Types, relation: Relation, tupleset: string, name: string, report: Report): void => {
  const siblings = types.get(relation.type)!;
  const from = siblings.get(tupleset);
  if (from === undefined) {
    return report(relation, `unknown relation "${tupleset}" of ${relation.type}`, nearest(tupleset, siblings.keys()));
  }
  if (from.rewrite.kind !== 'direct' || from.restrictions.some(({ kind }) => kind !== 'object')) {
    return report(
      relation,
      `"from ${tupleset}" needs ${tupleset} to take plain objects only, no usersets, wildcards or computed relations`,
    );
  }
  const parents = parentTypes(types, relation.type, tupleset).flatMap(({ type }) => types.get(type) ?? []);
  if (parents.length > 0 && !parents.some((parent) => parent.has(name))) {
    const known = parents.flatMap((parent) => [...parent.keys()]);
    report(relation, `no type of ${tupleset} has the relation "${name}"`, nearest(name, known));
  }
};

/** Relations that lead back to themselves on the same object without any tuple between. */
const computedCycles = (types: Types): readonly Relation[] =>
  allRelations(types).filter((relation) => isComputedFromItself(types, relation));

const isComputedFromItself = (types: Types, start: Relation): boolean => {
  const siblings = types.get(start.type)!;
  const seen = new Set<string>();
  const leadsBack = (rewrite: Rewrite): boolean => {
    switch (rewrite.kind) {
      case 'direct':
      case 'parents':
        return false;
      case 'computed':
        if (rewrite.relation === start.name) return true;
        if (seen.has(rewrite.relation)) return false;
        seen.add(rewrite.relation);
        return leadsBack(siblings.get(rewrite.relation)!.rewrite);
      case 'union':
      case 'intersection':
        return rewrite.of.some(leadsBack);
      case 'exclusion':
        return leadsBack(rewrite.base) || leadsBack(rewrite.subtract);
    }
  };
  return leadsBack(start.rewrite);
};
