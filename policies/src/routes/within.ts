import type { Engine, Ref } from '../engine/engine.ts';
import type { ParentsOf } from './table.ts';

/** `too-complex` when the chain is wider than anything a model of accounts and workspaces gives rise to. */
export type Reached = 'reached' | 'not-reached' | 'too-complex';

const depthMax = 10;
const objectsMax = 100;

/**
 * True when `object` is `wanted` or leads to it through its parent relations (content → workspace → organization), read
 * from the stored tuples, at most ten steps. Not a permission: it says where an object lies, not who may see it.
 */
export const liesWithin = async (
  engine: Pick<Engine, 'read'>,
  parentsOf: ParentsOf,
  object: Ref,
  wanted: Ref,
): Promise<Reached> => {
  const seen = new Set<Ref>([object]);
  let level: readonly Ref[] = [object];
  for (let depth = 0; level.length > 0; depth++) {
    if (seen.has(wanted)) return 'reached';
    if (depth === depthMax) return 'not-reached';
    const parents = (await Promise.all(level.map((child) => parentsRead(engine, parentsOf, child)))).flat();
    level = parents.filter((parent) => !seen.has(parent) && seen.add(parent));
    if (seen.size > objectsMax) return 'too-complex';
  }
  return 'not-reached';
};

const parentsRead = async (engine: Pick<Engine, 'read'>, parentsOf: ParentsOf, child: Ref): Promise<readonly Ref[]> => {
  const parents: Ref[] = [];
  for (const relation of parentsOf(child.slice(0, child.indexOf(':')))) {
    const tuples = await engine.read({ object: child, relation });
    for (const { subject } of tuples) {
      if (subject.startsWith(`${relation}:`) && !/[#*]/.test(subject)) parents.push(subject);
    }
  }
  return parents;
};
