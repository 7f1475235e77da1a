import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const bin = join(root, 'gateway/bin/gatehouse.js');
const readyTimeoutMs = 60_000;

/** A running `gatehouse serve` with free ports and a folder of its own. */
export type Gatehouse = {
  readonly applications: string;
  readonly control: string;
  readonly folder: string;
  /** Everything printed so far, both streams. */
  readonly output: () => string;
  readonly signal: (signal: NodeJS.Signals) => void;
  /** Resolves with the exit code. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<number | null>;
};

export type Ended = { readonly code: number | null; readonly output: string };

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

/** A folder that vanishes with `remove`, and the variables that keep a gateway inside it and on free ports. */
export const ownPlace = async (): Promise<{
  folder: string;
  environment: Record<string, string>;
  remove: () => void;
}> => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-e2e-'));
  const [applications, control, example] = [await freePort(), await freePort(), await freePort()];
  return {
    folder,
    environment: {
      GATEHOUSE_DATA: join(folder, 'data'),
      GATEHOUSE_LISTEN: `127.0.0.1:${applications}`,
      GATEHOUSE_CONTROL_LISTEN: `127.0.0.1:${control}`,
      GATEHOUSE_CONTROL_ORIGIN: `http://localhost:${control}`,
      GATEHOUSE_EXAMPLE_LISTEN: `127.0.0.1:${example}`,
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};

/** A copy of the shipped policies that a test may change. */
export const ownPolicies = (folder: string): string => {
  const policies = join(folder, 'policies');
  for (const part of ['model', 'routes'])
    cpSync(join(root, 'policies', part), join(policies, part), { recursive: true });
  return policies;
};

const launch = (words: readonly string[], environment: Readonly<Record<string, string>>) => {
  const child = spawn(process.execPath, [bin, ...words], {
    cwd: root,
    env: { ...process.env, NO_COLOR: '1', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const exit = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { child, output: () => output, exit };
};

/** Runs one command line to its end. */
export const gatehouse = async (
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Ended> => {
  const { output, exit } = launch(words, environment);
  return { code: await exit, output: output() };
};

/** Starts `gatehouse serve` and waits until it says that it is ready; throws with what it said when it ends before. */
export const serve = async (environment: Readonly<Record<string, string>>): Promise<Gatehouse> => {
  const { child, output, exit } = launch(['serve'], environment);
  await said(child, output, exit, 'is ready');
  return {
    applications: `http://${environment['GATEHOUSE_LISTEN']}`,
    control: environment['GATEHOUSE_CONTROL_ORIGIN'] ?? '',
    folder: environment['GATEHOUSE_DATA'] ?? '',
    output,
    signal: (signal) => void child.kill(signal),
    stop: (signal = 'SIGINT') => {
      child.kill(signal);
      return exit;
    },
  };
};

const said = (child: ChildProcess, output: () => string, exit: Promise<number | null>, text: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`not ready in time:\n${output()}`));
    }, readyTimeoutMs);
    const look = (): void => {
      if (!output().includes(text)) return;
      clearTimeout(timer);
      resolve();
    };
    child.stdout?.on('data', look);
    void exit.then((code) => {
      clearTimeout(timer);
      reject(new Error(`ended with ${code}:\n${output()}`));
    });
  });
