import fc from 'fast-check';
import type { ModelJson, RestrictionJson, UsersetJson } from '../src/model/json.ts';
import type { Ref, Tuple } from '../src/engine/engine.ts';

/**
 * Small random worlds: a model, tuples (some of which the model does not admit) and its strata. Nothing recurses
 * through `but not`: a relation subtracts relations of lower strata only, so that every question has one right answer.
 */
export type RandomWorld = {
  readonly json: ModelJson;
  readonly tuples: readonly Tuple[];
  /** Stratum of each relation by name, the same on every type. */
  readonly strata: Readonly<Record<string, number>>;
};

type Tree =
  | { readonly op: 'direct' }
  | { readonly op: 'computed' | 'parents'; readonly pick: number }
  | { readonly op: 'union' | 'intersection' | 'exclusion'; readonly of: readonly [Tree, Tree] };

const types = ['g', 'd'] as const;
const relations = ['r0', 'r1', 'r2'] as const;

const tree = fc.letrec<{ tree: Tree; leaf: Tree; pair: readonly [Tree, Tree] }>((tie) => ({
  leaf: fc.oneof(
    { arbitrary: fc.constant<Tree>({ op: 'direct' }), weight: 3 },
    {
      arbitrary: fc.record({ op: fc.constantFrom('computed' as const, 'parents' as const), pick: fc.nat(5) }),
      weight: 3,
    },
  ),
  pair: fc.tuple(tie('tree'), tie('tree')),
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    tie('leaf'),
    fc.record({
      op: fc.constantFrom('union' as const, 'union' as const, 'intersection' as const, 'exclusion' as const),
      of: tie('pair'),
    }),
  ),
})).tree;

const restrictionNames = ['user', 'user:*', 'g', 'g#r0', 'g#r1', 'g#r2', 'd#r0', 'd#r1', 'd#r2'] as const;
const strataArb = fc.constantFrom([0, 0, 0], [0, 0, 1], [0, 1, 1], [0, 1, 2]);
const definition = fc.record({
  tree,
  restrictions: fc.uniqueArray(fc.constantFrom(...restrictionNames), { minLength: 1, maxLength: 5 }),
});
type Definition = { readonly tree: Tree; readonly restrictions: readonly string[] };

/** Subjects and objects of tuples; few enough that no path has 25 hops. */
const objects = ['g:1', 'g:2', 'g:3', 'd:1', 'd:2'] as const;
const subjects = [
  ...objects,
  'user:1',
  'user:2',
  'user:*',
  ...objects.flatMap((o) => relations.map((r) => `${o}#${r}`)),
];

const tuple = fc.record({
  subject: fc.constantFrom(...(subjects as Ref[])),
  relation: fc.oneof(
    { arbitrary: fc.constant('p'), weight: 1 },
    { arbitrary: fc.constantFrom(...relations), weight: 3 },
  ),
  object: fc.constantFrom(...(objects as readonly Ref[])),
});

export const tupleText = ({ subject, relation, object }: Tuple): string => `${subject} ${relation} ${object}`;

export const tuplesArb: fc.Arbitrary<Tuple[]> = fc.uniqueArray(tuple, {
  maxLength: 40,
  selector: tupleText,
  size: 'max',
});

export const worldArb: fc.Arbitrary<RandomWorld> = fc
  .record({
    strata: strataArb,
    definitions: fc.array(definition, { minLength: 6, maxLength: 6 }),
    parents: fc.tuple(fc.subarray([...types], { minLength: 1 }), fc.subarray([...types], { minLength: 1 })),
    picks: fc.array(fc.nat(), { maxLength: 40, size: 'max' }),
    strays: fc.uniqueArray(tuple, { maxLength: 6, selector: tupleText }),
  })
  .map(({ strata, definitions, parents, picks, strays }) => {
    const json = modelOf(strata, definitions, parents);
    const admitted = admittedTuples(json);
    const tuples = new Map(
      [...picks.map((pick) => admitted[pick % admitted.length]!), ...strays].map((row) => [tupleText(row), row]),
    );
    return {
      json,
      tuples: [...tuples.values()],
      strata: { p: 0, ...Object.fromEntries(relations.map((name, at) => [name, strata[at]!])) },
    };
  });

/** All that a model admits; people more often than usersets, or nothing would hold for anybody. */
const admittedTuples = ({ type_definitions }: ModelJson): readonly Tuple[] =>
  objects.flatMap((object) => {
    const { metadata } = type_definitions.find(({ type }) => object.startsWith(type))!;
    return Object.entries(metadata?.relations ?? {}).flatMap(
      ([relation, { directly_related_user_types: allowed = [] }]) =>
        subjects
          .filter(
            (subject) =>
              allowed.some((restriction) => isOfKind(subject, restriction)) && subject !== `${object}#${relation}`,
          )
          .flatMap((subject) =>
            Array.from({ length: subject.startsWith('user') ? 3 : 1 }, () => ({ subject, relation, object })),
          ),
    );
  }) as readonly Tuple[];

const isOfKind = (subject: string, { type, relation, wildcard }: RestrictionJson): boolean => {
  const [name, userset] = subject.split('#') as [string, string?];
  return name.startsWith(`${type}:`) && userset === relation && name.endsWith(':*') === (wildcard !== undefined);
};

const modelOf = (
  strata: readonly number[],
  definitions: readonly Definition[],
  parents: readonly (readonly string[])[],
): ModelJson => ({
  schema_version: '1.1',
  type_definitions: [
    { type: 'user' },
    ...types.map((type, typeAt) => {
      const built = relations.map((name, at) => [name, build(definitions[typeAt * 3 + at]!, at, strata)] as const);
      return {
        type,
        relations: { p: { this: {} }, ...Object.fromEntries(built.map(([name, { userset }]) => [name, userset])) },
        metadata: {
          relations: {
            p: { directly_related_user_types: parents[typeAt]!.map((parent) => ({ type: parent })) },
            ...Object.fromEntries(built.map(([name, { allowed }]) => [name, { directly_related_user_types: allowed }])),
          },
        },
      };
    }),
  ],
});

type Built = { readonly userset: UsersetJson; readonly allowed: readonly RestrictionJson[] };

const build = ({ tree: root, restrictions }: Definition, at: number, strata: readonly number[]): Built => {
  const own = strata[at]!;
  let takesTuples = false;
  let highest = own;
  /** `limit` is the highest stratum that may be used here: below the own one inside of `but not`. */
  const walk = (node: Tree, limit: number): UsersetJson | undefined => {
    switch (node.op) {
      case 'direct':
        if (limit < 0) return undefined;
        takesTuples = true;
        highest = Math.min(highest, limit);
        return { this: {} };
      case 'computed': {
        // Earlier relations only, or the definitions would run in a circle.
        const relation = pickFrom(node.pick, (other) => other < at && strata[other]! <= limit);
        return relation === undefined ? walk({ op: 'direct' }, limit) : { computedUserset: { relation } };
      }
      case 'parents': {
        const relation = pickFrom(node.pick, (other) => strata[other]! <= limit);
        return relation === undefined
          ? undefined
          : { tupleToUserset: { tupleset: { relation: 'p' }, computedUserset: { relation } } };
      }
      case 'union':
      case 'intersection':
        return combined(node.op, walk(node.of[0], limit), walk(node.of[1], limit));
      case 'exclusion':
        return combined(node.op, walk(node.of[0], limit), walk(node.of[1], Math.min(limit, own - 1)));
    }
  };
  const userset = walk(root, own) ?? { this: {} };
  if (userset.this) takesTuples = true;
  const allowed = restrictions
    .filter((text) => !text.includes('#') || strata[relations.findIndex((name) => text.endsWith(name))]! <= highest)
    .map((text): RestrictionJson => {
      const [type, relation] = text.split('#') as [string, string?];
      if (relation !== undefined) return { type, relation };
      return text.endsWith(':*') ? { type: type.slice(0, -2), wildcard: {} } : { type };
    });
  return { userset, allowed: takesTuples ? (allowed.length > 0 ? allowed : [{ type: 'user' }]) : [] };
};

const pickFrom = (pick: number, isUsable: (at: number) => boolean): string | undefined => {
  const names = relations.filter((_, at) => isUsable(at));
  return names[pick % names.length];
};

/** Without one operand, what is left of the operation; nothing when that is what would be subtracted. */
const combined = (
  op: 'union' | 'intersection' | 'exclusion',
  left: UsersetJson | undefined,
  right: UsersetJson | undefined,
): UsersetJson | undefined => {
  if (left === undefined || right === undefined) return left ?? (op === 'exclusion' ? undefined : right);
  if (op === 'exclusion') return { difference: { base: left, subtract: right } };
  return op === 'union' ? { union: { child: [left, right] } } : { intersection: { child: [left, right] } };
};

/** Everybody and everything worth asking about, also what no tuple names. */
export const asks = {
  subjects: [
    'user:1',
    'user:2',
    'user:9',
    'user:*',
    'g:1',
    'g:1#r0',
    'g:2#r1',
    'd:1#r2',
    'g:9#r0',
    'd:9#r1',
  ] as readonly Ref[],
  objects: [...objects, 'g:9', 'd:9'] as readonly Ref[],
  relations: ['p', ...relations] as readonly string[],
};
