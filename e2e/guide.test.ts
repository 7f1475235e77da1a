import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ownPlace, ownPolicies, serve } from './test/gatehouse.ts';
import type { Gatehouse } from './test/gatehouse.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('..', import.meta.url));
const guide = readFileSync(join(root, 'docs/protect-an-application.md'), 'utf8');

/** Fenced blocks with what stands behind the language: `file=…` is written, the others are run. */
type Block = { readonly language: string; readonly how: string; readonly text: string };

const blocks: readonly Block[] = Array.from(
  guide.matchAll(/^```(\w+)(?: (\S+))?\n(.*?)^```$/gms),
  ([, language = '', how = '', text = '']) => ({ language, how, text }),
);

/** `explain` says with its exit code what the answer is; the guide asks about a refusal. */
const isDenied = (line: string): boolean => line.includes(' explain ');

/** The answer of a `curl` line, written as its comment is: status, then reason or the whole body. */
const answerOf = (output: string, expected: string): string => {
  const status = /^HTTP\/1\.1 (\d{3})/.exec(output)?.[1] ?? 'no answer';
  const reason = /"reason":"(\w+)"/.exec(output)?.[1];
  if (reason !== undefined) return `${status} ${reason}`;
  return expected === status ? status : `${status} ${output.slice(output.indexOf('\r\n\r\n') + 4)}`;
};

describe('the guide "Protect an application"', () => {
  let place: Awaited<ReturnType<typeof ownPlace>>;
  let gateway: Gatehouse;
  let environment: Record<string, string>;
  const services: ChildProcess[] = [];

  /** The guide's ports and folders are those of a fresh checkout; this run has its own. */
  const here = (text: string): string =>
    text
      .replaceAll('notes.localhost:4400', `notes.localhost:${gateway.applications.split(':').at(-1)}`)
      .replaceAll('127.0.0.1:4410', `127.0.0.1:${environment['NOTES_PORT']}`)
      .replaceAll('npm run gatehouse --', `node ${join(root, 'gateway/bin/gatehouse.js')}`);

  beforeAll(async () => {
    place = await ownPlace();
    const policies = ownPolicies(place.folder);
    const spare = await ownPlace();
    spare.remove();
    const [, port = ''] = (spare.environment['GATEHOUSE_LISTEN'] ?? '').split(':');
    environment = { ...place.environment, GATEHOUSE_POLICIES: policies, NOTES_PORT: port };
    gateway = await serve(environment);
    for (const name of ['vera', 'max', 'olga', 'oscar']) {
      const line = new RegExp(`^# ${name} [^\\n]*\\n[^\\n]*?Bearer (gth_\\w+)`, 'm').exec(gateway.output());
      environment[name.toUpperCase()] = line?.[1] ?? '';
    }
  });

  afterAll(async () => {
    for (const service of services) service.kill();
    await gateway.stop();
    place.remove();
  });

  const write = ({ how, text }: Block): void => {
    const file = join(place.folder, how.slice('file='.length));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, here(text));
  };

  const runInBackground = async ({ text }: Block): Promise<void> => {
    const [command = '', ...words] = text.trim().split(' ');
    services.push(
      spawn(command, words, { cwd: place.folder, env: { ...process.env, ...environment }, stdio: 'ignore' }),
    );
    while (!(await accepts(Number(environment['NOTES_PORT'])))) await new Promise((resolve) => setTimeout(resolve, 50));
  };

  const runLines = async ({ text }: Block): Promise<void> => {
    for (const line of here(text).trim().split('\n')) {
      const options = { cwd: place.folder, env: { ...process.env, ...environment, NO_COLOR: '1' } };
      const { stdout } = await run('sh', ['-c', `${line}${isDenied(line) ? ' || test $? = 1' : ''}`], options);
      const [, expected] = /^curl .* # (.*)$/.exec(line) ?? [];
      if (expected !== undefined)
        expect({ line, answer: answerOf(stdout, expected) }).toEqual({ line, answer: expected });
    }
  };

  it('holds from its first line to its last', async () => {
    expect(blocks.length).toBeGreaterThan(10);
    for (const block of blocks) {
      if (block.how.startsWith('file=')) write(block);
      else if (block.how === 'run=background') await runInBackground(block);
      else if (block.how === '') await runLines(block);
    }
  });
});

const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    }).on('error', () => resolve(false));
  });
