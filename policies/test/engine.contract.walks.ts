import { documents } from './engine.contract.cases.ts';
import type { Case } from './engine.contract.cases.ts';

export const chain = `
type user
type node
  relations
    define next: [node]
    define start: [user]
    define holds: start or holds from next
    define other: [user]
    define both: holds and other
    define either: other or holds
    define neither: other but not holds
    define holds_only: holds but not other`;

/** `node:0` points at `node:1` and so on, `count` times. */
const hops = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, at) => `node:${from + at + 1} next node:${from + at}`);

const loops = `
type user
type group
  relations
    define member: [user, group#member]
    define banned: [user, group#banned]
    define active: member but not banned`;

/** Cycles and long ways. */
export const walks: readonly Case[] = [
  {
    title: 'ends cycles of groups',
    types: loops,
    tuples: [
      'group:1#member member group:2',
      'group:2#member member group:3',
      'group:3#member member group:1',
      'user:ann member group:2',
    ],
    asks: [
      'user:ann member group:1 allowed',
      'user:ann member group:3 allowed',
      'user:bob member group:1 denied',
      'user:bob active group:1 denied',
      'user:ann active group:1 allowed',
    ],
  },
  {
    title: 'ends cycles of parents',
    types: documents,
    tuples: [
      'folder:a parent folder:b',
      'folder:b parent folder:a',
      'folder:c parent folder:c',
      'user:ann owner folder:b',
      'folder:a parent doc:1',
    ],
    asks: [
      'user:ann viewer folder:a allowed',
      'user:bob viewer folder:a denied',
      'user:bob viewer folder:c denied',
      'user:ann viewer doc:1 allowed',
    ],
  },
  {
    title: 'asks again what seemed false only inside a cycle',
    types: `
type user
type node
  relations
    define holds: [user, node#holds]
    define gate: [user, node#holds]
    define both: gate and holds`,
    tuples: [
      'node:a#holds gate node:q',
      'node:c#holds holds node:q',
      'node:b#holds holds node:a',
      'node:c#holds holds node:a',
      'node:z#holds holds node:a',
      'node:n#holds holds node:b',
      'node:n#holds holds node:c',
      'node:a#holds holds node:n',
      'user:ann holds node:z',
    ],
    asks: [
      'user:ann both node:q allowed',
      'user:ann holds node:c allowed',
      'user:bob both node:q denied',
      'node:z#holds both node:q allowed',
    ],
  },
  {
    title: 'goes 24 hops and fails on more rather than deny',
    types: chain,
    tuples: [...hops(24), 'user:ann start node:24', 'user:ann other node:0', 'user:far start node:29', ...hops(5, 24)],
    asks: [
      'user:ann holds node:0 allowed',
      'user:ann holds node:24 allowed',
      'user:far holds node:20 allowed',
      'user:far holds node:0 authorization_model_resolution_too_complex',
    ],
  },
  {
    title: 'hides a failure behind an operand that decides alone',
    types: chain,
    tuples: [...hops(30), 'user:ann start node:30', 'user:ann other node:0', 'user:bob start node:30'],
    asks: [
      'user:ann either node:0 allowed',
      'user:bob either node:0 authorization_model_resolution_too_complex',
      'user:bob both node:0 denied',
      'user:ann both node:0 authorization_model_resolution_too_complex',
      'user:bob neither node:0 denied',
      'user:ann neither node:0 authorization_model_resolution_too_complex',
      'user:bob holds_only node:0 authorization_model_resolution_too_complex',
      'user:ann holds_only node:0 denied',
    ],
  },
];

/** Cycles under `but not` inside one stratum, where OpenFGA's server answers by chance: the least fixpoint decides. */
export const leastFixpointCases: readonly Case[] = [
  {
    title: 'does not take a cycle in the subtracted relation for membership',
    types: loops,
    tuples: [
      'user:ann member group:1',
      'group:2#banned banned group:1',
      'group:1#banned banned group:2',
      'user:eve member group:1',
      'user:eve banned group:2',
      'group:3#banned banned group:3b',
    ],
    asks: ['user:ann banned group:1 denied', 'user:ann active group:1 allowed', 'user:eve active group:1 denied'],
  },
  {
    title: 'supports no group by a group of another relation',
    types: `
type user
type bot
type group
  relations
    define member: [bot]
    define editor: [user, group#member, group#editor]`,
    tuples: ['user:a editor group:2', 'group:2#member editor group:3'],
    asks: ['user:a editor group:2 allowed', 'user:a editor group:3 denied'],
  },
  {
    title: 'finds what an intersection inside a cycle holds',
    types: `
type user
type group
  relations
    define trusted: [user]
    define member: [user, group#active]
    define active: member and trusted`,
    tuples: [
      'group:2#active member group:1',
      'group:1#active member group:2',
      'user:ann member group:2',
      'user:ann trusted group:1',
      'user:ann trusted group:2',
      'user:bob member group:2',
      'user:bob trusted group:1',
    ],
    asks: ['user:ann active group:1 allowed', 'user:bob active group:1 denied', 'user:bob member group:1 denied'],
  },
  {
    title: 'denies recursion through `but not` itself',
    types: `
type user
type doc
  relations
    define parent: [doc]
    define reader: [user]
    define allowed: reader but not hidden
    define hidden: [user] or allowed from parent
    define shown: reader but not allowed`,
    tuples: [
      'user:ann reader doc:1',
      'doc:1 parent doc:1',
      'user:ann reader doc:2',
      'doc:3 parent doc:2',
      'user:ann reader doc:3',
      'doc:2 parent doc:3',
      'user:ann reader doc:4',
      'user:ann reader doc:5',
      'doc:4 parent doc:5',
    ],
    asks: [
      'user:ann allowed doc:1 denied',
      'user:ann shown doc:1 denied',
      'user:ann allowed doc:2 denied',
      'user:ann shown doc:2 denied',
      'user:ann allowed doc:4 allowed',
      'user:ann allowed doc:5 denied',
      'user:ann shown doc:5 allowed',
    ],
  },
];
