import { nearest } from '../model/suggest.ts';

/** `GET|PUT /path`, split. `path` begins at character `pathAt` of the key. */
export type RouteKey = {
  readonly kind: 'key';
  readonly methods: readonly string[];
  readonly path: string;
  readonly pathAt: number;
};
export type RouteKeyParse =
  | RouteKey
  | { readonly kind: 'fault'; readonly at: number; readonly message: string; readonly suggestion?: string };

const methodsKnown: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** Splits a key of a route file into its methods and its path. */
export const parseRouteKey = (key: string): RouteKeyParse => {
  const parts = /^(\S+) (\S+)$/.exec(key);
  if (parts === null) return fault(0, `"${key}" is not a rule; write METHOD /path`);
  const [, left = '', path = ''] = parts;
  const methods = left.split('|');
  for (const [index, method] of methods.entries()) {
    const at = methods.slice(0, index).join('|').length + (index === 0 ? 0 : 1);
    if (!methodsKnown.includes(method))
      return fault(at, `"${method}" is not a method that can be routed`, nearest(method.toUpperCase(), methodsKnown));
    if (methods.indexOf(method) !== index) return fault(at, `${method} stands twice`);
  }
  return { kind: 'key', methods, path, pathAt: left.length + 1 };
};

const fault = (at: number, message: string, suggestion?: string): RouteKeyParse =>
  suggestion === undefined ? { kind: 'fault', at, message } : { kind: 'fault', at, message, suggestion };
