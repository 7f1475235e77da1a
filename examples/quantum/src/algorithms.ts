import type { Algorithm } from './algorithm.ts';
import { json, refusal } from './answer.ts';
import type { Answer } from './answer.ts';
import { readBody } from './body.ts';
import type { Body, Fields } from './body.ts';
import { caller } from './call.ts';
import type { Handler } from './call.ts';
import { check, integer, text } from './fields.ts';
import { uniqueSlug } from './slug.ts';
import type { Edit, State } from './store.ts';

type Draft = Pick<Algorithm, 'name' | 'description' | 'version' | 'qubits'>;
/** What counts for the fields that the body leaves out; only the name has no default. */
type Base = Omit<Draft, 'name'> & { readonly name?: string };

const rules = { name: text(1, 100), description: text(0, 2_000), version: text(1, 40), qubits: integer(1, 64) };
const blank: Omit<Draft, 'name'> = { description: '', version: '1.0.0', qubits: 8 };
const algorithmsMax = 10_000;

export const listAlgorithms: Handler = ({ store }) => json(200, { items: [...store.state().algorithms.values()] });

export const readAlgorithm: Handler = ({ store, param }) => {
  const algorithm = store.state().algorithms.get(param('id'));
  return algorithm ? json(200, algorithm) : noAlgorithm(param('id'));
};

/** The server makes the id, from the name. */
export const createAlgorithm: Handler = async ({ store, events, now, request }) => {
  const body = await readBody(request);
  const read = draft(body, {}, blank);
  if (read.kind === 'refused') return read.answer;
  const made = await store.change((state): Edit<Algorithm | null> => {
    if (state.algorithms.size >= algorithmsMax) return { state, result: null };
    const id = uniqueSlug(read.draft.name, (each) => state.algorithms.has(each));
    const at = now();
    const algorithm = { id, ...read.draft, created_at: at, updated_at: at, created_by: caller(request) };
    return { state: withAlgorithm(state, algorithm), result: algorithm };
  });
  if (!made) return refusal(507, 'full', `There are already ${algorithmsMax} algorithms.`);
  events.publish({ type: 'algorithm.created', at: made.created_at, algorithm: made.id });
  return json(201, made, { location: `/algorithms/${made.id}` });
};

/** PUT replaces: what is left out gets its default. */
export const replaceAlgorithm: Handler = (call) => update(call, () => blank);

/** PATCH changes what it names. */
export const patchAlgorithm: Handler = (call) =>
  update(call, ({ name, description, version, qubits }) => ({ name, description, version, qubits }));

/** 204 also when there was nothing: the caller wanted it gone. */
export const deleteAlgorithm: Handler = async ({ store, events, now, param }) => {
  const id = param('id');
  const existed = await store.change((state): Edit<boolean> => {
    if (!state.algorithms.has(id)) return { state, result: false };
    const algorithms = new Map(state.algorithms);
    algorithms.delete(id);
    const jobs = new Map([...state.jobs].filter(([, job]) => job.algorithm !== id));
    return { state: { algorithms, jobs }, result: true };
  });
  if (existed) events.publish({ type: 'algorithm.deleted', at: now(), algorithm: id });
  return { kind: 'empty', status: 204 };
};

export const noAlgorithm = (id: string): Answer =>
  refusal(404, 'not_found', `There is no algorithm ${JSON.stringify(id)}.`);

const update = async (
  { store, events, now, request, param }: Parameters<Handler>[0],
  baseOf: (stored: Algorithm) => Base,
): Promise<Answer> => {
  const body = await readBody(request);
  const updated = await store.change((state): Edit<Algorithm | Answer> => {
    const stored = state.algorithms.get(param('id'));
    if (!stored) return { state, result: noAlgorithm(param('id')) };
    const read = draft(body, stored, baseOf(stored));
    if (read.kind === 'refused') return { state, result: read.answer };
    const algorithm = { ...stored, ...read.draft, updated_at: now() };
    return { state: withAlgorithm(state, algorithm), result: algorithm };
  });
  if ('kind' in updated) return updated;
  events.publish({ type: 'algorithm.updated', at: updated.updated_at, algorithm: updated.id });
  return json(200, updated);
};

type Read = { readonly kind: 'draft'; readonly draft: Draft } | { readonly kind: 'refused'; readonly answer: Answer };

const draft = (body: Body, stored: Fields, base: Base): Read => {
  if (body.kind === 'refused') return body;
  const checked = check<Draft>(body.fields, rules, stored);
  if (checked.kind === 'invalid') return invalid(checked.message);
  const { name, ...rest } = { ...base, ...checked.value };
  return name === undefined ? invalid('"name" is missing.') : { kind: 'draft', draft: { ...rest, name: name.trim() } };
};

const invalid = (message: string): Read => ({ kind: 'refused', answer: refusal(400, 'invalid', message) });

const withAlgorithm = (state: State, algorithm: Algorithm): State => ({
  ...state,
  algorithms: new Map(state.algorithms).set(algorithm.id, algorithm),
});
