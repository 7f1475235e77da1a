import { nearest } from '../model/suggest.ts';
import { faultAt } from './fault.ts';
import { methods } from './methods.ts';
import type { SyntaxFault } from './fault.ts';

/** `GET|PUT /path`, split. `path` begins at character `pathAt` of the key. */
export type RouteKey = {
  readonly kind: 'key';
  readonly methods: readonly string[];
  readonly path: string;
  readonly pathAt: number;
};
export type RouteKeyParse = RouteKey | SyntaxFault;

/** Splits a key of a route file into its methods and its path. */
export const parseRouteKey = (key: string): RouteKeyParse => {
  const parts = /^(\S+) (\S+)$/.exec(key);
  if (parts === null) return faultAt(0, `"${key}" is not a rule; write METHOD /path`);
  const [, left = '', path = ''] = parts;
  const named = left.split('|');
  for (const [index, method] of named.entries()) {
    const at = named.slice(0, index).join('|').length + (index === 0 ? 0 : 1);
    if (!methods.includes(method))
      return faultAt(at, `"${method}" is not a method that can be routed`, nearest(method.toUpperCase(), methods));
    if (named.indexOf(method) !== index) return faultAt(at, `${method} stands twice`);
  }
  return { kind: 'key', methods: named, path, pathAt: left.length + 1 };
};
