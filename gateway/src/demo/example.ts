import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { formatAddress } from '../config/address.ts';
import type { Address } from '../config/address.ts';

const entry = fileURLToPath(new URL('../../../examples/quantum/src/main.ts', import.meta.url));
const startTimeoutMs = 10_000;

export type Example =
  | { readonly kind: 'running'; readonly origin: string; readonly stop: () => Promise<void> }
  | { readonly kind: 'absent' }
  | { readonly kind: 'failed'; readonly message: string };

/**
 * Starts the example application in a process of its own, out of reach of the terminal's Ctrl-C: it must outlive the
 * draining gateway. It ends by itself when this process dies.
 */
export const startExample = async (address: Address): Promise<Example> => {
  if (!existsSync(entry)) return { kind: 'absent' };
  const child = fork(entry, [], {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: [],
    // Nothing of the gateway's own environment: it may hold secrets, and an application has no use for them.
    env: { HOST: address.host, PORT: String(address.port) },
  });
  const started = await listening(child);
  if (started.kind === 'failed') return started;
  return {
    kind: 'running',
    origin: `http://${formatAddress({ ...address, port: started.port })}`,
    stop: () => stop(child),
  };
};

const listening = (
  child: ChildProcess,
): Promise<{ kind: 'listening'; port: number } | { kind: 'failed'; message: string }> =>
  new Promise((resolve) => {
    let said = '';
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      resolve({ kind: 'failed', message: 'it did not start in time' });
    }, startTimeoutMs);
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-2_000)));
    child.once('message', (message: { port: number }) => {
      clearTimeout(timer);
      resolve({ kind: 'listening', port: message.port });
    });
    child.once('exit', (code) => {
      clearTimeout(timer);
      resolve({ kind: 'failed', message: said.trim() || `it ended with code ${code}` });
    });
  });

const stop = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    const timer = setTimeout(() => child.kill('SIGKILL'), 2_000);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
    child.kill('SIGTERM');
  });
