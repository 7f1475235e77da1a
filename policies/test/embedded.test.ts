import { describe, expect, it } from 'vitest';
import { embedded } from '../src/engine/embedded/embedded.ts';
import { blankQuestion, evaluator } from '../src/engine/embedded/evaluate.ts';
import { compileProgram } from '../src/engine/embedded/program.ts';
import { questionReader } from '../src/engine/embedded/question.ts';
import { depthMax } from '../src/engine/embedded/scratch.ts';
import { tupleIndex } from '../src/engine/embedded/tuple-index.ts';
import { chain } from './engine.contract.walks.ts';
import { engineContract } from './engine.contract.ts';
import { modelOf, queryOf, tupleOf } from './world.ts';
import type { Tuple, TupleChange, TupleStore } from '../src/engine/engine.ts';

/** A store that keeps its tuples in an array; `refusing` makes its next commit fail. */
const arrayStore = (tuples: readonly Tuple[], pageSize = 2) => {
  let kept = [...tuples];
  let commits = 0;
  const control = { refusing: false, seen: [] as TupleChange[] };
  const isSame = (left: Tuple) => (right: Tuple) =>
    left.subject === right.subject && left.relation === right.relation && left.object === right.object;
  const store: TupleStore = {
    load: async function* () {
      for (let at = 0; at < kept.length; at += pageSize) yield kept.slice(at, at + pageSize);
    },
    commit: async (change) => {
      await Promise.resolve();
      if (control.refusing) throw new Error('the disk is full');
      control.seen.push(change);
      kept = [...kept.filter((tuple) => !change.deletes.some(isSame(tuple))), ...change.writes];
      return `r${++commits}`;
    },
  };
  return { store, control };
};

engineContract('embedded', ({ model, earlier }) =>
  embedded({ model, ...(earlier ? { store: arrayStore(earlier.tuples).store } : {}) }),
);

const types = `
type user
type group
  relations
    define member: [user, group#member]`;
const rows = ['user:a member group:1', 'group:1#member member group:2', 'user:b member group:2'].map(tupleOf);

describe('embedded, with a store', () => {
  it('loads every page and reports progress', async () => {
    const seen: number[] = [];
    const engine = await embedded({
      model: await modelOf(types),
      store: arrayStore(rows).store,
      onProgress: (count) => seen.push(count),
    });
    expect(seen).toEqual([2, 3]);
    expect(engine.check(queryOf('user:a member group:2'))).toEqual({ verdict: 'allowed', revision: '0' });
  });
  it('commits before it applies, and takes the revision of the store', async () => {
    const { store, control } = arrayStore(rows);
    const engine = await embedded({ model: await modelOf(types), store });
    const writing = engine.write({ writes: [tupleOf('user:c member group:1')], deletes: [] });
    expect(engine.check(queryOf('user:c member group:2')).verdict).toBe('denied');
    expect(await writing).toEqual({ kind: 'written', revision: 'r1' });
    expect(engine.check(queryOf('user:c member group:2'))).toEqual({ verdict: 'allowed', revision: 'r1' });
    expect(control.seen).toHaveLength(1);
  });
  it('changes nothing when the commit rejects, and goes on afterwards', async () => {
    const { store, control } = arrayStore(rows);
    const engine = await embedded({ model: await modelOf(types), store });
    const before = engine.read({ object: 'group:' });
    control.refusing = true;
    const change = { writes: [tupleOf('user:c member group:1')], deletes: [tupleOf('user:a member group:1')] };
    await expect(engine.write(change)).rejects.toThrow('the disk is full');
    expect(engine.read({ object: 'group:' })).toEqual(before);
    expect(engine.check(queryOf('user:a member group:2'))).toEqual({ verdict: 'allowed', revision: '0' });
    control.refusing = false;
    expect(await engine.write(change)).toMatchObject({ kind: 'written' });
    expect(engine.check(queryOf('user:a member group:2')).verdict).toBe('denied');
  });
  it('does not ask the store for what is refused', async () => {
    const { store, control } = arrayStore(rows);
    const engine = await embedded({ model: await modelOf(types), store });
    await engine.write({ writes: [rows[0]!], deletes: [] });
    expect(control.seen).toEqual([]);
  });
  it('applies writes in the order in which they were asked', async () => {
    const { store, control } = arrayStore([]);
    const engine = await embedded({ model: await modelOf(types), store });
    const tuple = tupleOf('user:x member group:9');
    const kinds = await Promise.all([
      engine.write({ writes: [tuple], deletes: [] }),
      engine.write({ writes: [], deletes: [tuple] }),
      engine.write({ writes: [tuple], deletes: [] }),
    ]);
    expect(kinds.map(({ kind }) => kind)).toEqual(['written', 'written', 'written']);
    expect(control.seen.map(({ writes }) => writes.length)).toEqual([1, 0, 1]);
  });
});

describe('embedded, when tuples are committed with other rows', () => {
  const change = { writes: [tupleOf('user:c member group:1')], deletes: [tupleOf('user:a member group:1')] };

  it('decides by them after the commit and not before', async () => {
    const engine = await embedded({ model: await modelOf(types), store: arrayStore(rows).store });
    const seen: string[] = [];
    const ask = () => seen.push(engine.check(queryOf('user:c member group:2')).verdict);
    const result = await engine.mutate(async () => {
      ask();
      await Promise.resolve();
      ask();
      return { result: 'done', committed: { change, revision: 'r7' } };
    });
    expect(result).toBe('done');
    expect(engine.check(queryOf('user:c member group:2'))).toEqual({ verdict: 'allowed', revision: 'r7' });
    expect(engine.check(queryOf('user:a member group:2')).verdict).toBe('denied');
    expect(seen).toEqual(['denied', 'denied']);
  });
  it('lets nobody write in between, in the order in which they came', async () => {
    const { store, control } = arrayStore(rows);
    const engine = await embedded({ model: await modelOf(types), store });
    const gate = Promise.withResolvers<void>();
    const order: string[] = [];
    const [first, second] = ['user:x member group:1', 'user:y member group:1'].map(tupleOf);
    const all = [
      engine.write({ writes: [first!], deletes: [] }).then(() => order.push('write')),
      engine
        .mutate(async () => {
          await gate.promise;
          order.push(`mutation after ${control.seen.length}`);
          return { result: undefined };
        })
        .then(() => order.push('mutated')),
      engine.write({ writes: [second!], deletes: [] }).then(() => order.push(`write ${control.seen.length}`)),
    ];
    await all[0];
    expect(control.seen).toHaveLength(1);
    gate.resolve();
    await Promise.all(all);
    expect(order).toEqual(['write', 'mutation after 1', 'mutated', 'write 2']);
  });
  it('changes nothing when the work fails or commits nothing, and goes on afterwards', async () => {
    const engine = await embedded({ model: await modelOf(types), store: arrayStore(rows).store });
    const before = engine.read({ object: 'group:' });
    await expect(engine.mutate(async () => Promise.reject(new Error('the disk is full')))).rejects.toThrow('disk');
    expect(await engine.mutate(async () => ({ result: 1 }))).toBe(1);
    expect(engine.read({ object: 'group:' })).toEqual(before);
    expect(engine.check(queryOf('user:a member group:2'))).toEqual({ verdict: 'allowed', revision: '0' });
    expect(await engine.write(change)).toMatchObject({ kind: 'written' });
  });
  const asked = [
    {
      title: 'what the model does not admit',
      change: { writes: ['group:1 member group:2'] },
      code: 'validation_error',
    },
    {
      title: 'what is there already',
      change: { writes: ['user:a member group:1'] },
      code: 'write_failed_due_to_invalid_input',
    },
    {
      title: 'what is not there',
      change: { deletes: ['user:z member group:1'] },
      code: 'write_failed_due_to_invalid_input',
    },
    {
      title: 'more than one write may hold',
      change: { writes: Array.from({ length: 101 }, (_, n) => `user:${n} member group:9`) },
    },
  ];
  it.each(asked)('says beforehand whether it takes $title', async ({ change: { writes = [], deletes = [] }, code }) => {
    const engine = await embedded({ model: await modelOf(types), store: arrayStore(rows).store });
    const refusal = await engine.mutate(async (refusalOf) => ({
      result: refusalOf({ writes: writes.map(tupleOf), deletes: deletes.map(tupleOf) }),
    }));
    expect(refusal?.code).toBe(code);
  });
});

describe('embedded, on groups that contain each other, all of them', () => {
  const groups = Array.from({ length: 60 }, (_, n) => `group:${n}`);
  const nested = groups.map((object) =>
    groups.filter((other) => other !== object).map((other) => tupleOf(`${other}#member member ${object}`)),
  );
  const member = tupleOf('user:a member group:59');
  it('allows and denies', async () => {
    const engine = await embedded({ model: await modelOf(types) });
    for (const writes of [...nested, [member]]) await engine.write({ writes, deletes: [] });
    expect(engine.check(queryOf('user:a member group:0')).verdict).toBe('allowed');
    expect(engine.check(queryOf('user:b member group:0')).verdict).not.toBe('allowed');
  });
  it('reads the tuples of each group at most once for each depth', async () => {
    const program = compileProgram(await modelOf(types));
    const index = tupleIndex(program);
    for (const tuple of [...nested.flat(), member]) index.add(tuple);
    let reads = 0;
    const counted = new Proxy(index.objects.rows, {
      get: (target, key) => {
        reads++;
        return Reflect.get(target, key) as unknown;
      },
    });
    const objects = { ...index.objects, rows: counted };
    const [evaluate, read] = [evaluator(program, objects), questionReader(program, objects)];
    const readsOf = (question: string): number => {
      const asked = blankQuestion();
      expect(read(queryOf(question), asked)).toBeUndefined();
      reads = 0;
      evaluate(asked, null);
      return reads;
    };
    expect(readsOf('user:a member group:0')).toBeLessThanOrEqual(groups.length * depthMax);
    expect(readsOf('user:b member group:0')).toBeLessThanOrEqual(groups.length * depthMax);
  });
});

describe('embedded, on depth', () => {
  const path = (...nodes: string[]): string[] =>
    nodes.slice(1).map((node, at) => `node:${node} next node:${nodes[at]}`);
  const numbered = (prefix: string, count: number): string[] =>
    Array.from({ length: count }, (_, at) => `${prefix}${at}`);
  const tail = path('s', ...numbered('t', 10));
  const ways = [
    {
      title: 'a way of 24 hops after a short one',
      tuples: [...path('0', 's'), ...path('0', ...numbered('l', 13), 's')],
      verdict: 'denied',
    },
    {
      title: 'a way of 25 hops after a short one',
      tuples: [...path('0', 's'), ...path('0', ...numbered('l', 14), 's')],
      verdict: 'failed',
    },
    {
      title: 'a way of 24 hops into what was known',
      tuples: [...path('0', 's'), ...path('0', 'a', 's'), ...path('0', ...numbered('l', 12), 'a')],
      verdict: 'denied',
    },
    {
      title: 'a way of 25 hops into what was known',
      tuples: [...path('0', 's'), ...path('0', 'a', 's'), ...path('0', ...numbered('l', 13), 'a')],
      verdict: 'failed',
    },
  ];
  it.each(ways)('counts $title', async ({ tuples, verdict }) => {
    const engine = await embedded({ model: await modelOf(chain) });
    expect(
      await engine.write({ writes: [...tail, ...tuples, 'user:ann start node:elsewhere'].map(tupleOf), deletes: [] }),
    ).toMatchObject({ kind: 'written' });
    expect(engine.check(queryOf('user:ann holds node:0')).verdict).toBe(verdict);
  });
});
