import { beforeAll, describe, expect, it } from 'vitest';
import { compileModel } from '../model/compiled.ts';
import { embedded } from '../engine/embedded/embedded.ts';
import { inlineSource } from '../model/source.ts';
import { parseSource } from '../model/parse.ts';
import { liesWithin } from './within.ts';
import type { CompiledModel } from '../model/compiled.ts';
import type { Engine, Ref, Tuple } from '../engine/engine.ts';

const text = `model
  schema 1.1
type user
type organization
type folder
  relations
    define organization: [organization]
    define folder: [folder]
    define shelf: [folder]
    define reader: [user]
type note
  relations
    define folder: [folder]
`;

let model: CompiledModel;
beforeAll(async () => {
  const source = inlineSource('folders.fga', text);
  model = compileModel(await parseSource(source), source);
});

const engineWith = async (tuples: readonly Tuple[]): Promise<Engine> => {
  const engine = await embedded({ model });
  for (let at = 0; at < tuples.length; at += 100)
    expect(await engine.write({ writes: tuples.slice(at, at + 100), deletes: [] })).toMatchObject({ kind: 'written' });
  return engine;
};

const parent = (child: Ref, relation: string, subject: Ref): Tuple => ({ subject, relation, object: child });
/** `note:n` in `folder:1` in `folder:2` … in `folder:length`. */
const chain = (length: number): readonly Tuple[] =>
  Array.from({ length }, (_, index) =>
    parent(index === 0 ? 'note:n' : `folder:${index}`, 'folder', `folder:${index + 1}`),
  );

describe('liesWithin', () => {
  const rows: readonly [title: string, tuples: readonly Tuple[], object: Ref, wanted: Ref, reached: string][] = [
    ['finds an object in itself', [], 'note:n', 'note:n', 'reached'],
    ['finds it in its parent', [parent('note:n', 'folder', 'folder:a')], 'note:n', 'folder:a', 'reached'],
    [
      'finds it through a chain of parents',
      [...chain(3), parent('folder:3', 'organization', 'organization:acme')],
      'note:n',
      'organization:acme',
      'reached',
    ],
    [
      'finds it through any of several parents',
      [
        parent('note:n', 'folder', 'folder:a'),
        parent('note:n', 'folder', 'folder:b'),
        parent('folder:b', 'organization', 'organization:acme'),
      ],
      'note:n',
      'organization:acme',
      'reached',
    ],
    ['finds nothing above an object without parents', [], 'note:n', 'organization:acme', 'not-reached'],
    [
      'does not find it in another organization',
      [...chain(1), parent('folder:1', 'organization', 'organization:other')],
      'note:n',
      'organization:acme',
      'not-reached',
    ],
    ['does not go downwards', [parent('note:n', 'folder', 'folder:a')], 'folder:a', 'note:n', 'not-reached'],
    [
      'does not follow a relation that is no parent',
      [parent('note:n', 'folder', 'folder:a'), parent('folder:a', 'shelf', 'folder:b')],
      'note:n',
      'folder:b',
      'not-reached',
    ],
    ['does not follow a role', [parent('folder:a', 'reader', 'user:bob')], 'folder:a', 'user:bob', 'not-reached'],
    [
      'does not take a name that begins alike for the same',
      [parent('note:n', 'folder', 'folder:ab')],
      'note:n',
      'folder:a',
      'not-reached',
    ],
    ['goes ten steps up', chain(10), 'note:n', 'folder:10', 'reached'],
    ['does not go eleven steps up', chain(11), 'note:n', 'folder:11', 'not-reached'],
    [
      'ends in a circle',
      [parent('folder:a', 'folder', 'folder:b'), parent('folder:b', 'folder', 'folder:a')],
      'folder:a',
      'organization:acme',
      'not-reached',
    ],
    [
      'gives up when there are too many parents',
      Array.from({ length: 150 }, (_, index) => parent('note:n', 'folder', `folder:${index}`)),
      'note:n',
      'organization:acme',
      'too-complex',
    ],
  ];
  it.each(rows)('%s', async (_title, tuples, object, wanted, reached) => {
    expect(await liesWithin(await engineWith(tuples), model.parentsOf, object, wanted)).toBe(reached);
  });
});
