import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { quantum } from './quantum.ts';
import type { Quantum } from './quantum.ts';
import { seed } from './seed.ts';
import { store } from './store.ts';
import { readEvents } from '../test/read-events.ts';

let app: Quantum;
let origin: string;

beforeEach(async () => {
  app = quantum({ queueMs: 1, runMs: 1, heartbeatMs: 20 });
  origin = `http://127.0.0.1:${await app.listen(0, '127.0.0.1')}`;
});

afterEach(() => app.close(0));

const json = { 'content-type': 'application/json' };

const call = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
  const init =
    body === undefined ? { method, headers } : { method, headers: { ...json, ...headers }, body: JSON.stringify(body) };
  const response = await fetch(`${origin}${path}`, init);
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) };
};

describe('algorithms', () => {
  it('starts with three that have a name, a description, a version and qubits', async () => {
    const { body } = await call('GET', '/algorithms');
    expect(body.items.map(({ id }: { id: string }) => id)).toEqual(['qft', 'grover', 'shor']);
    expect(body.items[0]).toMatchObject({ name: 'Quantum Fourier Transform', version: '1.2.0', qubits: 8 });
  });

  it('makes the id of a new one from its name', async () => {
    const made = await call('POST', '/algorithms', { name: 'Deutsch–Jozsa', qubits: 3 });
    expect(made).toMatchObject({
      status: 201,
      body: { id: 'deutsch-jozsa', qubits: 3, description: '', created_by: null },
    });
    expect(made.headers.get('location')).toBe('/algorithms/deutsch-jozsa');
    expect((await call('GET', '/algorithms/deutsch-jozsa')).body).toEqual(made.body);
  });

  it('makes the id unique', async () => {
    expect((await call('POST', '/algorithms', { name: 'QFT' })).body.id).toBe('qft-2');
  });

  it('gives the id of a deleted one out again', async () => {
    await call('DELETE', '/algorithms/qft');
    expect((await call('POST', '/algorithms', { name: 'QFT' })).body.id).toBe('qft');
  });

  it('records who created it, as the gateway says', async () => {
    const { body } = await call('POST', '/algorithms', { name: 'Simon' }, { 'gatehouse-user': 'bob' });
    expect(body.created_by).toBe('bob');
  });

  it('replaces with PUT: what is left out gets its default', async () => {
    const { status, body } = await call('PUT', '/algorithms/shor', { name: 'Shor', qubits: 20 });
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { id: 'shor', name: 'Shor', description: '', version: '1.0.0', qubits: 20 },
    });
  });

  it('changes with PATCH only what is named', async () => {
    const { body } = await call('PATCH', '/algorithms/shor', { qubits: 20 });
    expect(body).toMatchObject({ name: 'Shor Factoring', version: '0.9.0', qubits: 20 });
  });

  it('takes back what was read', async () => {
    const { body } = await call('GET', '/algorithms/grover');
    expect((await call('PUT', '/algorithms/grover', { ...body, qubits: 6 })).body).toMatchObject({
      id: 'grover',
      qubits: 6,
    });
  });

  it('deletes, also twice, with its jobs', async () => {
    const { body: job } = await call('POST', '/algorithms/qft/jobs');
    expect((await call('DELETE', '/algorithms/qft')).status).toBe(204);
    expect((await call('DELETE', '/algorithms/qft')).status).toBe(204);
    expect((await call('GET', '/algorithms/qft')).status).toBe(404);
    expect((await call('GET', `/algorithms/qft/jobs/${job.id}`)).status).toBe(404);
  });

  it('gives concurrent creations of one name ids of their own', async () => {
    const made = await Promise.all(Array.from({ length: 20 }, () => call('POST', '/algorithms', { name: 'Same' })));
    expect(new Set(made.map(({ body }) => body.id)).size).toBe(20);
  });
});

describe('refusals', () => {
  it.each([
    ['an id of the client', 'POST', '/algorithms', { name: 'x', id: 'mine' }, '"id" cannot be set.'],
    ['another id', 'PUT', '/algorithms/qft', { name: 'x', id: 'shor' }, '"id" is set by the server.'],
    ['another creator', 'PATCH', '/algorithms/qft', { created_by: 'mallory' }, '"created_by" is set by the server.'],
    ['no name', 'POST', '/algorithms', { qubits: 2 }, '"name" is missing.'],
    ['a blank name', 'POST', '/algorithms', { name: '  ' }, '"name" must be a text of 1 to 100 characters.'],
    ['half a qubit', 'PATCH', '/algorithms/qft', { qubits: 1.5 }, '"qubits" must be a whole number from 1 to 64.'],
    ['an unknown field', 'PATCH', '/algorithms/qft', { colour: 'red' }, '"colour" cannot be set.'],
    ['a name of Object', 'PATCH', '/algorithms/qft', { constructor: 'x' }, '"constructor" cannot be set.'],
    ['a list', 'POST', '/algorithms', [], 'The body must be a JSON object.'],
    [
      'too many shots',
      'POST',
      '/algorithms/qft/jobs',
      { shots: 1e9 },
      '"shots" must be a whole number from 1 to 10000.',
    ],
  ])('answers 400 to %s and changes nothing', async (_what, method, path, body, message) => {
    const before = await call('GET', '/algorithms');
    expect(await call(method, path, body)).toMatchObject({ status: 400, body: { error: 'invalid', message } });
    expect(await call('GET', '/algorithms')).toMatchObject({ body: before.body });
    expect((await call('GET', '/algorithms/qft/jobs')).body.items).toEqual([]);
  });

  it.each([
    ['GET', '/nothing'],
    ['GET', '/algorithms/'],
    ['GET', '/algorithms/none'],
    ['GET', '/algorithms/%71ft'],
    ['PUT', '/algorithms/none'],
    ['GET', '/algorithms/none/jobs'],
    ['POST', '/algorithms/none/jobs'],
    ['GET', '/algorithms/qft/jobs/none'],
  ])('answers 404 to %s %s', async (method, path) => {
    const body = method === 'PUT' ? { name: 'x' } : undefined;
    expect(await call(method, path, body)).toMatchObject({ status: 404, body: { error: 'not_found' } });
  });

  it.each([
    ['DELETE', '/algorithms', 'GET, HEAD, POST'],
    ['POST', '/algorithms/qft', 'GET, HEAD, PUT, PATCH, DELETE'],
    ['POST', '/events', 'GET, HEAD'],
    ['POST', '/health', 'GET, HEAD'],
  ])('answers 405 to %s %s and says what is allowed', async (method, path, allow) => {
    const answer = await call(method, path);
    expect(answer).toMatchObject({ status: 405, body: { error: 'method_not_allowed' } });
    expect(answer.headers.get('allow')).toBe(allow);
  });

  it.each([
    ['{"name":', json, 400, 'malformed_json'],
    [Buffer.from([0x22, 0xff, 0x22]), json, 400, 'malformed_json'],
    ['name=x', { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'unsupported_media_type'],
    ['{"name":"x"}', { 'content-type': 'application/json; charset=utf-16' }, 415, 'unsupported_media_type'],
    ['{"name":"x"}', { ...json, 'content-encoding': 'gzip' }, 415, 'unsupported_media_type'],
    [JSON.stringify({ name: 'x'.repeat(1_100_000) }), json, 413, 'too_large'],
  ])('refuses a body that it cannot read: row %#', async (body, headers, status, error) => {
    const response = await fetch(`${origin}/algorithms`, { method: 'POST', headers, body });
    expect({ status: response.status, body: await response.json() }).toMatchObject({ status, body: { error } });
  });

  it('answers 413 to a long body of unknown length', async () => {
    const body = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(65_536).fill(32)),
    }).pipeThrough(limit(40));
    const init = { method: 'POST', headers: json, body, duplex: 'half' as const };
    const response = await fetch(`${origin}/algorithms`, init);
    expect(response.status).toBe(413);
  });

  it('goes on when a client leaves in the middle of a body', async () => {
    const socket = connect(Number(new URL(origin).port), '127.0.0.1');
    socket.write(
      'POST /algorithms HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 50\r\n\r\n{"na',
    );
    const [request] = await new Promise<[NodeJS.EventEmitter]>((resolve) =>
      app.server.once('request', (...given) => resolve([given[0]])),
    );
    const left = new Promise((resolve) => request.once('close', resolve));
    socket.destroy();
    await left;
    expect((await call('GET', '/health')).status).toBe(200);
  });
});

describe('a disk that is full', () => {
  it('answers 507 and changes nothing', async () => {
    const errors: unknown[] = [];
    const full = Object.assign(new Error('no space'), { code: 'ENOSPC' });
    const broken = quantum({
      store: store(seed(), () => Promise.reject(full)),
      onError: (error) => errors.push(error),
    });
    const url = `http://127.0.0.1:${await broken.listen(0, '127.0.0.1')}/algorithms/qft`;
    const refused = await fetch(url, { method: 'DELETE' });
    expect({ status: refused.status, body: await refused.json() }).toMatchObject({
      status: 507,
      body: { error: 'disk_full' },
    });
    expect((await fetch(url)).status).toBe(200);
    expect(errors).toEqual([full]);
    await broken.close(0);
  });
});

describe('jobs', () => {
  it('answers 202 at once and finishes later with counts', async () => {
    const events = await readEvents(`${origin}/events`);
    const queued = await call(
      'POST',
      '/algorithms/grover/jobs',
      { shots: 50, input: '42' },
      { 'gatehouse-user': 'bob' },
    );
    expect(queued).toMatchObject({
      status: 202,
      body: { state: 'queued', shots: 50, result: null, created_by: 'bob' },
    });
    expect(queued.headers.get('location')).toBe(`/algorithms/grover/jobs/${queued.body.id}`);
    const seen = [await events.next(), await events.next(), await events.next()];
    await events.stop();
    expect(seen.map(({ type, job }) => [type, job])).toEqual(
      ['job.queued', 'job.running', 'job.done'].map((type) => [type, queued.body.id]),
    );
    const { body } = await call('GET', `/algorithms/grover/jobs/${queued.body.id}`);
    expect(body.state).toBe('done');
    expect(Object.values<number>(body.result.counts).reduce((sum, count) => sum + count, 0)).toBe(50);
  });

  it('lists the jobs of one algorithm only', async () => {
    const { body } = await call('POST', '/algorithms/qft/jobs');
    expect((await call('GET', '/algorithms/qft/jobs')).body.items).toMatchObject([{ id: body.id }]);
    expect((await call('GET', '/algorithms/shor/jobs')).body.items).toEqual([]);
    expect((await call('GET', `/algorithms/shor/jobs/${body.id}`)).status).toBe(404);
  });

  it('has ids that a path parameter accepts', async () => {
    expect((await call('POST', '/algorithms/qft/jobs')).body.id).toMatch(/^[a-z0-9][a-z0-9-]{0,62}$/);
  });

  it('keeps at most 200 and drops the oldest finished first', async () => {
    const events = await readEvents(`${origin}/events`);
    const { body: first } = await call('POST', '/algorithms/qft/jobs', { shots: 1 });
    for (let made = 1; made < 200; made += 1) await call('POST', '/algorithms/qft/jobs', { shots: 1 });
    for (let done = 0; done < 200;) if ((await events.next()).type === 'job.done') done += 1;
    await events.stop();
    expect((await call('POST', '/algorithms/qft/jobs', { shots: 1 })).status).toBe(202);
    expect((await call('GET', '/algorithms/qft/jobs')).body.items).toHaveLength(200);
    expect((await call('GET', `/algorithms/qft/jobs/${first.id}`)).status).toBe(404);
  });
});

describe('events', () => {
  it('tells what happens to algorithms', async () => {
    const events = await readEvents(`${origin}/events`);
    await call('POST', '/algorithms', { name: 'Simon' });
    await call('PATCH', '/algorithms/simon', { qubits: 3 });
    await call('DELETE', '/algorithms/simon');
    await call('DELETE', '/algorithms/simon');
    const seen = [await events.next(), await events.next(), await events.next()];
    await events.stop();
    expect(seen.map(({ type, algorithm }) => `${type} ${algorithm}`)).toEqual(
      ['created', 'updated', 'deleted'].map((what) => `algorithm.${what} simon`),
    );
  });

  it('sends heartbeats as comments', async () => {
    const events = await readEvents(`${origin}/events`);
    expect(await events.comment('heartbeat')).toBe(': heartbeat');
    await events.stop();
  });

  it('ends its streams when the service closes', async () => {
    const events = await readEvents(`${origin}/events`);
    await app.close(60_000);
    await expect(events.next()).rejects.toThrow('the stream ended');
  });

  it('answers HEAD without a stream', async () => {
    const response = await fetch(`${origin}/events`, { method: 'HEAD' });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
  });
});

const limit = (chunksMax: number) => {
  let chunks = 0;
  return new TransformStream({
    transform: (chunk, controller) => {
      chunks += 1;
      controller.enqueue(chunk);
      if (chunks >= chunksMax) controller.terminate();
    },
  });
};
