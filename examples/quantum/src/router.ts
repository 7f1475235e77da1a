import {
  createAlgorithm,
  deleteAlgorithm,
  listAlgorithms,
  patchAlgorithm,
  readAlgorithm,
  replaceAlgorithm,
} from './algorithms.ts';
import { json, refusal } from './answer.ts';
import type { Answer } from './answer.ts';
import type { Handler } from './call.ts';
import { createJob, listJobs, readJob } from './jobs.ts';

type Methods = { readonly [method: string]: Handler };

const followEvents: Handler = ({ events }) =>
  events.isOpen()
    ? { kind: 'stream', attach: events.attach }
    : refusal(503, 'busy', 'No more event streams.', { 'retry-after': '5' });

const routes: readonly (readonly [path: string, methods: Methods])[] = [
  ['/algorithms', { GET: listAlgorithms, POST: createAlgorithm }],
  ['/algorithms/{id}', { GET: readAlgorithm, PUT: replaceAlgorithm, PATCH: patchAlgorithm, DELETE: deleteAlgorithm }],
  ['/algorithms/{id}/jobs', { GET: listJobs, POST: createJob }],
  ['/algorithms/{id}/jobs/{job}', { GET: readJob }],
  ['/events', { GET: followEvents }],
  ['/health', { GET: () => json(200, { status: 'ok' }) }],
];

const table = routes.map(([path, methods]) => ({
  path: new RegExp(`^${path.replaceAll(/\{(\w+)\}/g, '(?<$1>[a-z0-9][a-z0-9-]{0,62})')}$`),
  methods,
}));

export type Found =
  | { readonly kind: 'handler'; readonly handler: Handler; readonly params: Readonly<Record<string, string>> }
  | { readonly kind: 'refused'; readonly answer: Answer };

/** `url` as in the request line; its query is not looked at. HEAD is answered where GET is. */
export const route = (method: string, url: string): Found => {
  const path = url.split('?', 1)[0] ?? '';
  for (const entry of table) {
    const match = entry.path.exec(path);
    if (!match) continue;
    const handler = entry.methods[method === 'HEAD' ? 'GET' : method];
    if (!handler) return { kind: 'refused', answer: notAllowed(method, path, entry.methods) };
    return { kind: 'handler', handler, params: match.groups ?? {} };
  }
  return { kind: 'refused', answer: refusal(404, 'not_found', `There is nothing at ${path}.`) };
};

const notAllowed = (method: string, path: string, methods: Methods): Answer => {
  const allow = Object.keys(methods).flatMap((each) => (each === 'GET' ? ['GET', 'HEAD'] : [each]));
  return refusal(405, 'method_not_allowed', `${method} is not possible at ${path}.`, { allow: allow.join(', ') });
};
