import type { CompiledModel } from '../src/model/compiled.ts';
import type { Rewrite } from '../src/model/relation.ts';
import type { Ref, Tuple } from '../src/engine/engine.ts';

/**
 * The least fixpoint, computed the naive way: every relation of every object, round after round until nothing is
 * added, stratum by stratum. Shares nothing with the engine but the compiled model.
 */
export const oracle = (
  model: CompiledModel,
  tuples: readonly Tuple[],
  strata: Readonly<Record<string, number>>,
  objects: readonly string[],
): ((subject: Ref) => ReadonlySet<string>) => {
  const subjectsOf = Map.groupBy(
    tuples.filter((tuple) => isAdmitted(model, tuple)),
    ({ object, relation }) => `${object}#${relation}`,
  );
  const stored: Stored = (object, relation) => subjectsOf.get(`${object}#${relation}`) ?? [];
  return (subject) => {
    const holds = new Set<string>();
    const nodes = objects.flatMap((object) =>
      model.relationsOf(typeOf(object)).map((name) => ({ object, relation: model.relation(typeOf(object), name)! })),
    );
    for (const stratum of [0, 1, 2]) {
      const level = nodes.filter(({ relation }) => strata[relation.name] === stratum);
      for (let before = -1; before !== holds.size;) {
        before = holds.size;
        for (const { object, relation } of level) {
          const key = `${object}#${relation.name}`;
          if (key === subject || isTrue(stored, holds, subject, object, relation.name, relation.rewrite))
            holds.add(key);
        }
      }
    }
    return holds;
  };
};

const typeOf = (ref: string): string => ref.slice(0, ref.indexOf(':'));

const isAdmitted = (model: CompiledModel, { subject, relation, object }: Tuple): boolean => {
  const restrictions = model.relation(typeOf(object), relation)?.restrictions ?? [];
  const [name, userset] = subject.split('#') as [string, string?];
  if (subject === `${object}#${relation}`) return false;
  return restrictions.some((r) => {
    if (r.type !== typeOf(name)) return false;
    if (r.kind === 'userset') return r.relation === userset;
    return userset === undefined && (r.kind === 'wildcard') === name.endsWith(':*');
  });
};

type Stored = (object: string, relation: string) => readonly Tuple[];

const isTrue = (
  stored: Stored,
  holds: ReadonlySet<string>,
  subject: Ref,
  object: string,
  relation: string,
  rewrite: Rewrite,
): boolean => {
  const again = (other: Rewrite): boolean => isTrue(stored, holds, subject, object, relation, other);
  switch (rewrite.kind) {
    case 'direct': {
      const everybody = subject.includes('#') ? undefined : `${typeOf(subject)}:*`;
      return stored(object, relation).some(
        (tuple) => tuple.subject === subject || tuple.subject === everybody || holds.has(tuple.subject),
      );
    }
    case 'computed':
      return holds.has(`${object}#${rewrite.relation}`);
    case 'parents':
      return stored(object, rewrite.tupleset).some((tuple) => holds.has(`${tuple.subject}#${rewrite.relation}`));
    case 'union':
      return rewrite.of.some(again);
    case 'intersection':
      return rewrite.of.every(again);
    case 'exclusion':
      return again(rewrite.base) && !again(rewrite.subtract);
  }
};
