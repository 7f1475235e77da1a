import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import type { Job } from './algorithm.ts';
import { readEvents } from '../test/read-events.ts';

const script = fileURLToPath(new URL('main.ts', import.meta.url));
const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

const start = (env: Record<string, string>, args: string[] = []) => {
  const child = fork(script, args, { env: { ...process.env, ...env }, execArgv: [], silent: true });
  children.push(child);
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  const output = textOf(child.stdout);
  const errors = textOf(child.stderr);
  return { child, ended, output, errors };
};

const textOf = async (stream: NodeJS.ReadableStream | null): Promise<string> => {
  let text = '';
  for await (const chunk of stream ?? []) text += String(chunk);
  return text;
};

const portOf = async (child: ChildProcess): Promise<number> => {
  const [message] = (await once(child, 'message')) as [{ kind: string; port: number }];
  expect(message.kind).toBe('listening');
  return message.port;
};

describe('the process', { timeout: 20_000 }, () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'says where it listens and ends on %s with its event streams',
    async (signal) => {
      const { child, ended, output } = start({ PORT: '0' });
      const port = await portOf(child);
      const events = await readEvents(`http://127.0.0.1:${port}/events`);
      child.kill(signal);
      await expect(events.next()).rejects.toThrow('the stream ended');
      expect(await ended).toBe(0);
      expect(await output).toBe(`quantum listens on http://127.0.0.1:${port}\n`);
    },
  );

  it('ends when its parent lets go of it', async () => {
    const { child, ended } = start({ PORT: '0' });
    await portOf(child);
    child.disconnect();
    expect(await ended).toBe(0);
  });

  it('says that the port is taken', async () => {
    const first = start({ PORT: '0' });
    const port = await portOf(first.child);
    const second = start({ PORT: String(port) });
    expect(await second.ended).toBe(1);
    expect(await second.errors).toBe(`quantum: address already in use 127.0.0.1:${port}. Set PORT to a free port.\n`);
  });

  it.each(['-1', '65536', 'http', '1e3', ''])('refuses PORT=%j', async (port) => {
    const { ended, errors } = start({ PORT: port });
    expect(await ended).toBe(1);
    expect(await errors).toContain('PORT must be a number from 0 to 65535');
  });

  it('explains itself with --help', async () => {
    const { ended, output } = start({}, ['--help']);
    expect(await ended).toBe(0);
    expect(await output).toContain('--data FILE');
  });

  it('keeps algorithms, deletions and unfinished jobs in a file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'quantum-'));
    const args = ['--data', join(folder, 'quantum.json')];
    const first = start({ PORT: '0' }, args);
    const before = `http://127.0.0.1:${await portOf(first.child)}/algorithms`;
    await fetch(`${before}/qft`, { method: 'DELETE' });
    const queued = (await (await fetch(`${before}/grover/jobs`, { method: 'POST' })).json()) as { id: string };
    first.child.kill('SIGKILL');
    await first.ended;
    const second = start({ PORT: '0' }, args);
    const origin = `http://127.0.0.1:${await portOf(second.child)}`;
    const events = await readEvents(`${origin}/events`);
    expect((await fetch(`${origin}/algorithms/qft`)).status).toBe(404);
    const state = async () =>
      ((await (await fetch(`${origin}/algorithms/grover/jobs/${queued.id}`)).json()) as Job).state;
    while ((await state()) !== 'done') await events.next();
    await events.stop();
    await rm(folder, { recursive: true });
  });
});
