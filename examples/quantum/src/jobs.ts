import { randomBytes } from 'node:crypto';
import type { Job } from './algorithm.ts';
import { noAlgorithm } from './algorithms.ts';
import { json, refusal } from './answer.ts';
import { readBody } from './body.ts';
import { caller } from './call.ts';
import type { Handler } from './call.ts';
import { check, integer, text } from './fields.ts';
import type { Edit, State } from './store.ts';

const rules = { shots: integer(1, 10_000), input: text(0, 1_000) };

/** Per algorithm. Beyond it the oldest finished job makes room; when none is finished, the new one has to wait outside. */
const jobsMax = 200;

export const listJobs: Handler = ({ store, param }) => {
  const { algorithms, jobs } = store.state();
  if (!algorithms.has(param('id'))) return noAlgorithm(param('id'));
  return json(200, { items: [...jobs.values()].filter((job) => job.algorithm === param('id')) });
};

export const readJob: Handler = ({ store, param }) => {
  const job = store.state().jobs.get(param('job'));
  if (job?.algorithm === param('id')) return json(200, job);
  return refusal(
    404,
    'not_found',
    `There is no job ${JSON.stringify(param('job'))} of ${JSON.stringify(param('id'))}.`,
  );
};

/** 202: the job is queued; its own address and the event stream tell how it goes on. */
export const createJob: Handler = async ({ store, events, runner, now, request, param }) => {
  const body = await readBody(request);
  if (body.kind === 'refused') return body.answer;
  const checked = check<Pick<Job, 'shots' | 'input'>>(body.fields, rules);
  if (checked.kind === 'invalid') return refusal(400, 'invalid', checked.message);
  const job: Job = {
    id: `job-${randomBytes(10).toString('hex')}`,
    algorithm: param('id'),
    state: 'queued',
    shots: 1_000,
    input: '',
    ...checked.value,
    created_at: now(),
    created_by: caller(request),
    finished_at: null,
    result: null,
  };
  const outcome = await store.change((state) => queued(state, job));
  switch (outcome) {
    case 'no-algorithm':
      return noAlgorithm(job.algorithm);
    case 'full':
      return refusal(429, 'busy', `${jobsMax} jobs of this algorithm are waiting or running.`, { 'retry-after': '1' });
    case 'queued':
      events.publish({ type: 'job.queued', at: job.created_at, algorithm: job.algorithm, job: job.id });
      runner.run(job);
      return json(202, job, { location: `/algorithms/${job.algorithm}/jobs/${job.id}` });
  }
};

const queued = (state: State, job: Job): Edit<'queued' | 'full' | 'no-algorithm'> => {
  if (!state.algorithms.has(job.algorithm)) return { state, result: 'no-algorithm' };
  const jobs = new Map(state.jobs);
  const siblings = [...jobs.values()].filter((each) => each.algorithm === job.algorithm);
  if (siblings.length >= jobsMax) {
    const oldest = siblings.find((each) => each.state === 'done');
    if (!oldest) return { state, result: 'full' };
    jobs.delete(oldest.id);
  }
  return { state: { ...state, jobs: jobs.set(job.id, job) }, result: 'queued' };
};
