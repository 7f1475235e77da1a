import { lint } from './lint.ts';
import { locator } from './locate.ts';
import { nearest } from './suggest.ts';
import { readModelJson } from './read-json.ts';
import { validate } from './validate.ts';
import { ModelError } from './problem.ts';
import type { ModelJson } from './json.ts';
import type { ModelProblem } from './problem.ts';
import type { ModelSource } from './source.ts';
import type { Relation } from './relation.ts';

/** A model that passed validation. Immutable. */
export type CompiledModel = {
  readonly json: ModelJson;
  /** In the order of the model's files. */
  readonly types: readonly string[];
  /** Names of a type's relations in the order of definition; empty for an unknown type. */
  readonly relationsOf: (type: string) => readonly string[];
  readonly hasType: (type: string) => boolean;
  readonly hasRelation: (type: string, relation: string) => boolean;
  readonly relation: (type: string, relation: string) => Relation | undefined;
  /** The parent relations of a type; each leads to the type of the same name. */
  readonly parentsOf: (type: string) => readonly string[];
  /** The known name nearest to an unknown one, for "did you mean". */
  readonly nearestType: (type: string) => string | undefined;
  readonly nearestRelation: (type: string, relation: string) => string | undefined;
  /** Where the model leaves the subset in which all OpenFGA engines agree. It still works. */
  readonly warnings: readonly ModelProblem[];
};

/**
 * Checks a model by the OpenFGA server's rules and makes it ready for engines. Throws {@link ModelError} with every problem.
 * With `source` the problems name files and lines; without it (JSON stored earlier) they name type and relation only.
 */
export const compileModel = (json: ModelJson, source?: ModelSource): CompiledModel => {
  const at = locator(source);
  const { types, problems } = readModelJson(json, at);
  if (problems.length === 0) problems.push(...validate(json, types, at));
  if (problems.length > 0) throw new ModelError(problems);

  const names = new Map([...types].map(([type, relations]) => [type, [...relations.keys()]] as const));
  const relation = (type: string, name: string): Relation | undefined => types.get(type)?.get(name);
  const parents = new Map(
    [...types].map(
      ([type, relations]) => [type, [...relations.values()].filter((r) => r.isParent).map((r) => r.name)] as const,
    ),
  );
  return {
    json,
    types: [...types.keys()],
    relationsOf: (type) => names.get(type) ?? [],
    hasType: (type) => types.has(type),
    hasRelation: (type, name) => relation(type, name) !== undefined,
    relation,
    parentsOf: (type) => parents.get(type) ?? [],
    nearestType: (type) => nearest(type, types.keys()),
    nearestRelation: (type, name) => nearest(name, names.get(type) ?? []),
    warnings: lint(types, at),
  };
};
