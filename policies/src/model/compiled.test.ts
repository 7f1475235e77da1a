import { describe, expect, it } from 'vitest';
import { compileModel } from './compiled.ts';
import { inlineSource } from './source.ts';
import { ModelError } from './problem.ts';
import { parseSource } from './parse.ts';
import type { CompiledModel } from './compiled.ts';
import type { ModelProblem } from './problem.ts';

const compile = async (text: string): Promise<CompiledModel> => {
  const source = inlineSource('m.fga', `model\n  schema 1.1\n${text}`);
  return compileModel(await parseSource(source), source);
};

const problemsOf = async (text: string): Promise<readonly ModelProblem[]> => {
  const error: unknown = await compile(text).catch((thrown: unknown) => thrown);
  if (!(error instanceof ModelError)) throw new Error('expected the model to be refused');
  return error.problems;
};

/** Lines count from the header's first. */
const doc = (...definitions: string[]): string =>
  ['type user', 'type doc', '  relations', ...definitions.map((row) => `    define ${row}`)].join('\n');

type Refused = {
  readonly title: string;
  readonly text: string;
  readonly line: number;
  readonly message: RegExp;
  readonly suggestion?: string;
};

const refused: readonly Refused[] = [
  {
    title: 'an unknown computed relation',
    text: doc('viewer: [user]', 'can_view: viewr'),
    line: 7,
    message: /doc#can_view: unknown relation "viewr" of doc/,
    suggestion: 'viewer',
  },
  {
    title: 'an unknown type in brackets',
    text: doc('viewer: [usr]'),
    line: 6,
    message: /unknown type "usr"/,
    suggestion: 'user',
  },
  {
    title: 'an unknown userset',
    text: doc('member: [user]', 'viewer: [doc#membr]'),
    line: 7,
    message: /unknown relation "membr" of doc/,
    suggestion: 'member',
  },
  {
    title: 'an unknown tupleset',
    text: doc('parent: [doc]', 'viewer: [user] or viewer from parnt'),
    line: 7,
    message: /unknown relation "parnt"/,
    suggestion: 'parent',
  },
  {
    title: 'a relation that no parent has',
    text: doc('parent: [user]', 'viewer: [user] or viewer from parent'),
    line: 7,
    message: /no type of parent has the relation "viewer"/,
  },
  {
    title: 'a tupleset of usersets',
    text: doc('member: [user]', 'parent: [doc#member]', 'viewer: [user] or member from parent'),
    line: 8,
    message: /needs parent to take plain objects only/,
  },
  {
    title: 'a tupleset of everybody',
    text: doc('parent: [doc, user:*]', 'viewer: [user] or viewer from parent'),
    line: 7,
    message: /plain objects only/,
  },
  {
    title: 'a computed tupleset',
    text: doc('direct: [doc]', 'parent: direct', 'viewer: [user] or viewer from parent'),
    line: 8,
    message: /plain objects only/,
  },
  {
    title: 'a relation computed from itself',
    text: doc('viewer: [user] or viewer'),
    line: 6,
    message: /computed from itself/,
  },
  {
    title: 'a circle of computed relations',
    text: doc('a: [user] or b', 'b: [user] or a'),
    line: 6,
    message: /doc#a: is computed from itself/,
  },
  {
    title: 'a relation that nothing can start',
    text: doc('parent: [doc]', 'viewer: viewer from parent'),
    line: 7,
    message: /can never hold for anybody/,
  },
  {
    title: 'an intersection with what nothing can start',
    text: doc('parent: [doc]', 'a: [user]', 'b: [doc#b]', 'both: a and b'),
    line: 8,
    message: /doc#b: can never hold/,
  },
  {
    title: 'a type that is defined twice',
    text: `${doc('viewer: [user]')}\ntype user`,
    line: 3,
    message: /type user is defined twice/,
  },
  {
    title: 'a relation with a reserved name',
    text: doc('this: [user]'),
    line: 6,
    message: /relation this: the name is reserved/,
  },
  {
    title: 'a type with a reserved name',
    text: 'type user\ntype self\n  relations\n    define a: [user]',
    line: 4,
    message: /type self: the name is reserved/,
  },
  {
    title: 'an over-long name of a relation',
    text: doc(`${'r'.repeat(51)}: [user]`),
    line: 6,
    message: /1 to 50 characters/,
  },
  {
    title: 'a condition',
    text: `${doc('viewer: [user with c]')}\ncondition c(x: int) {\n  x < 1\n}`,
    line: 7,
    message: /condition c: conditions in a model are not yet supported/,
  },
  {
    title: 'mixed operators without parentheses',
    text: doc('a: [user]', 'b: [user]', 'c: a or b and a'),
    line: 8,
    message: /need parentheses/,
  },
];

describe('compileModel', () => {
  it.each(refused)('refuses $title with its place', async ({ text, line, message, suggestion }) => {
    const [first] = await problemsOf(text);
    expect(first).toMatchObject({ file: 'm.fga', line });
    expect(first?.message).toMatch(message);
    expect(first?.suggestion).toBe(suggestion);
  });
  it('reports every problem, not the first one', async () => {
    const problems = await problemsOf(doc('a: [usr]', 'b: c', 'd: [user] or e from f'));
    expect(problems.map(({ line }) => line)).toEqual([6, 7, 8]);
  });
  it('refuses more than 100 types', async () => {
    const types = Array.from({ length: 101 }, (_, n) => ({ type: `t${n}` }));
    expect(() => compileModel({ schema_version: '1.1', type_definitions: types })).toThrow(/101 types; at most 100/);
  });
  it('refuses a model over 256 KB', () => {
    const relations = Object.fromEntries(
      Array.from({ length: 8_000 }, (_, n) => [`relation_${n}`, { computedUserset: { relation: 'a' } }]),
    );
    const definition = {
      type: 'doc',
      relations: { a: { this: {} }, ...relations },
      metadata: { relations: { a: { directly_related_user_types: [{ type: 'doc' }] } } },
    };
    expect(() => compileModel({ schema_version: '1.1', type_definitions: [definition] })).toThrow(
      /bytes; at most 262144/,
    );
  });
  it.each(['1.0', '1.3', ''])('refuses schema "%s"', (schema_version) => {
    expect(() => compileModel({ schema_version, type_definitions: [{ type: 'user' }] })).toThrow(/is not supported/);
  });
  it('refuses unions of one and brackets without tuples in JSON', () => {
    const relations = { a: { union: { child: [{ this: {} }] } }, b: { computedUserset: { relation: 'a' } } };
    const metadata = {
      relations: {
        a: { directly_related_user_types: [{ type: 'doc' }] },
        b: { directly_related_user_types: [{ type: 'doc' }] },
      },
    };
    const single = { type: 'doc', relations: { a: relations.a }, metadata };
    expect(() => compileModel({ schema_version: '1.1', type_definitions: [single] })).toThrow(
      'model: doc#a: "or" needs at least two operands',
    );
    const brackets = { type: 'doc', relations: { a: { this: {} }, b: relations.b }, metadata };
    expect(() => compileModel({ schema_version: '1.1', type_definitions: [brackets] })).toThrow(
      /doc#b: names types in brackets but takes no tuples/,
    );
    const bare = { type: 'doc', relations: { a: { this: {} } } };
    expect(() => compileModel({ schema_version: '1.1', type_definitions: [bare] })).toThrow(
      /doc#a: takes tuples but names no type/,
    );
  });

  const parts = `type user
type folder
  relations
    define viewer: [user]
type doc
  relations
    define folder: [folder]
    define audience: [folder]
    define either: [folder, doc]
    define viewer: [user, user:*] or viewer from folder
    define can_view: viewer`;

  it('tells types and relations, in the order of the text', async () => {
    const model = await compile(parts);
    expect(model.types).toEqual(['user', 'folder', 'doc']);
    expect(model.relationsOf('doc')).toEqual(['folder', 'audience', 'either', 'viewer', 'can_view']);
    expect(model.relationsOf('dog')).toEqual([]);
    expect([
      model.hasRelation('doc', 'viewer'),
      model.hasRelation('doc', 'toString'),
      model.hasType('constructor'),
    ]).toEqual([true, false, false]);
  });
  it('knows a parent by its name, its single type and its lack of anything else', async () => {
    const model = await compile(parts);
    expect(model.parentsOf('doc')).toEqual(['folder']);
    expect(model.relation('doc', 'audience')?.isParent).toBe(false);
  });
  it('suggests what was meant, and nothing far-fetched', async () => {
    const model = await compile(parts);
    expect(model.nearestType('fodler')).toBe('folder');
    expect(model.nearestRelation('doc', 'can_veiw')).toBe('can_view');
    expect(model.nearestRelation('doc', 'completely_different')).toBeUndefined();
  });
  it('gives the same model without the text', async () => {
    const model = await compile(parts);
    const again = compileModel(JSON.parse(JSON.stringify(model.json)));
    expect(again.types.map(again.relationsOf)).toEqual(model.types.map(model.relationsOf));
    expect(again.relation('doc', 'viewer')).toEqual(model.relation('doc', 'viewer'));
  });
});

describe('the model lint', () => {
  it('is silent inside the safe subset', async () => {
    expect(
      (
        await compile(
          doc(
            'parent: [doc]',
            'viewer: [user] or viewer from parent',
            'blocked: [user]',
            'can_view: viewer but not blocked',
          ),
        )
      ).warnings,
    ).toEqual([]);
  });
  it('warns when a parent type lacks the relation', async () => {
    const { warnings } = await compile(doc('parent: [doc, user]', 'viewer: [user] or viewer from parent'));
    expect(warnings).toEqual([
      { file: 'm.fga', line: 7, message: 'doc#viewer: "viewer from parent": user has no relation viewer' },
    ]);
  });
  it.each([
    {
      title: 'but not',
      rows: ['parent: [doc]', 'blocked: [user]', 'viewer: ([user] or viewer from parent) but not blocked'],
    },
    { title: 'and', rows: ['parent: [doc]', 'known: [user]', 'viewer: ([user] or viewer from parent) and known'] },
  ])('warns of recursion under "$title"', async ({ rows }) => {
    const { warnings } = await compile(doc(...rows));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatchObject({ file: 'm.fga', line: 8, message: expect.stringMatching(/recurses under/) });
  });
});
