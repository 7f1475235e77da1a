import { edgesOf } from '../../model/graph.ts';
import type { CompiledModel } from '../../model/compiled.ts';
import type { Relation, Rewrite } from '../../model/relation.ts';
import type { Types } from '../../model/read-json.ts';

/**
 * One operator of a relation's definition. All operators share one shape, so that the evaluator stays monomorphic:
 * `own` is the relation it belongs to, `target` the computed relation, `row` the stored relation to read,
 * `targets` the slot to ask by type of parent. -1 stands for none.
 */
export type Operator = {
  readonly kind: Rewrite['kind'];
  readonly own: number;
  readonly target: number;
  readonly row: number;
  readonly targets: Int32Array;
  readonly of: readonly Operator[];
};

/** A relation of a type, numbered over the whole model. */
export type Slot = {
  readonly type: number;
  readonly relation: Relation;
  /** Place among the stored relations of the type; -1 when the relation takes no tuples. */
  readonly row: number;
  readonly body: Operator;
  /** Answers are noted during a question, unless asking again is cheaper or the relation cannot be met twice. */
  readonly isNoted: boolean;
};

/** A model in integers. */
export type Program = {
  readonly model: CompiledModel;
  readonly types: readonly string[];
  readonly typeIds: ReadonlyMap<string, number>;
  readonly slots: readonly Slot[];
  /** Slot by name of relation, for each type. */
  readonly slotsByName: readonly ReadonlyMap<string, number>[];
  /** Number of stored relations of each type. */
  readonly rowCounts: readonly number[];
  /** For a plain or wildcard subject of a type: 1 for each slot that some tuples could make true for it. */
  readonly reachByType: readonly Uint8Array[];
  /** The same for a userset subject, by its own slot. Made when first asked. */
  readonly reachByUserset: (slot: number) => Uint8Array;
};

export const compileProgram = (model: CompiledModel): Program => {
  const types: Types = new Map(
    model.types.map((type) => [
      type,
      new Map(model.relationsOf(type).map((name) => [name, model.relation(type, name)!])),
    ]),
  );
  const typeIds = new Map(model.types.map((type, id) => [type, id]));
  const relations = model.types.flatMap((type) => [...types.get(type)!.values()]);
  const slotIds = new Map(relations.map((relation, id) => [relation, id]));
  const slotsByName = model.types.map(
    (type) => new Map([...types.get(type)!].map(([name, relation]) => [name, slotIds.get(relation)!])),
  );
  const stored = new Map(
    model.types.flatMap((type) =>
      [...types.get(type)!.values()].filter((r) => r.restrictions.length > 0).map((r, row) => [r, row] as const),
    ),
  );
  const dependsOn = relations.map((relation) => edgesOf(types, relation).map(({ to }) => slotIds.get(to)!));
  const costOf = localCosts(types);
  const dependedOn = new Set(dependsOn.flat());
  const rowOf = (relation: Relation): number => stored.get(relation) ?? -1;
  const slots = relations.map((relation): Slot => ({
    type: typeIds.get(relation.type)!,
    relation,
    row: rowOf(relation),
    body: operator(relation.rewrite, relation, {
      types: model.types,
      relationOf: (type, name) => types.get(type)?.get(name),
      slotIds,
      rowOf,
    }),
    isNoted: dependedOn.has(slotIds.get(relation)!) && costOf(relation) > costMax,
  }));
  const usersetReach = new Map<number, Uint8Array>();
  return {
    model,
    types: model.types,
    typeIds,
    slots,
    slotsByName,
    rowCounts: model.types.map((type) => [...types.get(type)!.values()].filter((r) => stored.has(r)).length),
    reachByType: model.types.map((type) => reach(dependsOn, (slot) => takes(relations[slot]!, type))),
    reachByUserset: (slot) => {
      const known = usersetReach.get(slot) ?? reach(dependsOn, (other) => other === slot);
      usersetReach.set(slot, known);
      return known;
    },
  };
};

type Names = {
  readonly types: readonly string[];
  readonly relationOf: (type: string, name: string) => Relation | undefined;
  readonly slotIds: ReadonlyMap<Relation, number>;
  readonly rowOf: (relation: Relation) => number;
};

const noTargets = new Int32Array(0);

const operator = (rewrite: Rewrite, relation: Relation, names: Names): Operator => {
  const make = (parts: { target?: number; row?: number; targets?: Int32Array; of?: readonly Rewrite[] }): Operator => ({
    kind: rewrite.kind,
    own: names.slotIds.get(relation)!,
    target: parts.target ?? -1,
    row: parts.row ?? -1,
    targets: parts.targets ?? noTargets,
    of: (parts.of ?? []).map((operand) => operator(operand, relation, names)),
  });
  const slotOf = (type: string, name: string): number => {
    const other = names.relationOf(type, name);
    return other === undefined ? -1 : names.slotIds.get(other)!;
  };
  switch (rewrite.kind) {
    case 'direct':
      return make({ row: names.rowOf(relation) });
    case 'computed':
      return make({ target: slotOf(relation.type, rewrite.relation) });
    case 'parents': {
      const tupleset = names.relationOf(relation.type, rewrite.tupleset)!;
      return make({
        row: names.rowOf(tupleset),
        targets: Int32Array.from(names.types, (type) => slotOf(type, rewrite.relation)),
      });
    }
    case 'union':
    case 'intersection':
      return make({ of: rewrite.of });
    case 'exclusion':
      return make({ of: [rewrite.base, rewrite.subtract] });
  }
};

const costMax = 8;

/** Tuple rows read to answer a relation on its object alone; infinite when the walk leads to other objects. */
const localCosts = (types: Types): ((relation: Relation) => number) => {
  const known = new Map<Relation, number>();
  const costOf = (relation: Relation): number => {
    const cost = known.get(relation) ?? rewriteCost(relation, relation.rewrite);
    known.set(relation, cost);
    return cost;
  };
  const rewriteCost = (relation: Relation, rewrite: Rewrite): number => {
    switch (rewrite.kind) {
      case 'direct':
        return relation.restrictions.some(({ kind }) => kind === 'userset') ? Infinity : 1;
      case 'computed':
        return costOf(types.get(relation.type)!.get(rewrite.relation)!);
      case 'parents':
        return Infinity;
      case 'union':
      case 'intersection':
        return rewrite.of.reduce((sum, operand) => sum + rewriteCost(relation, operand), 0);
      case 'exclusion':
        return rewriteCost(relation, rewrite.base) + rewriteCost(relation, rewrite.subtract);
    }
  };
  return costOf;
};

const takes = (relation: Relation, type: string): boolean =>
  relation.restrictions.some((restriction) => restriction.kind !== 'userset' && restriction.type === type);

/** Marks the slots that start, and every slot that depends on a marked one. */
const reach = (dependsOn: readonly (readonly number[])[], starts: (slot: number) => boolean): Uint8Array => {
  const marked = Uint8Array.from(dependsOn, (_, slot) => (starts(slot) ? 1 : 0));
  for (let grew = true; grew;) {
    grew = false;
    for (const [slot, others] of dependsOn.entries()) {
      if (marked[slot] === 1 || !others.some((other) => marked[other] === 1)) continue;
      marked[slot] = 1;
      grew = true;
    }
  }
  return marked;
};
