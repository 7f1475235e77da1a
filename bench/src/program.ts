import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

export type ProgramOptions = {
  readonly command: string;
  readonly args: readonly string[];
  /** Its whole environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Looked for in everything that the program prints; the program counts as started when it matches. */
  readonly ready: RegExp;
  readonly timeoutMs: number;
};

export type Program = {
  readonly pid: number;
  /** What `ready` found, its groups included. */
  readonly match: RegExpExecArray;
  /** SIGTERM, and SIGKILL to a program that does not obey. Resolves when it has ended. */
  readonly stop: () => Promise<void>;
};

const obeyMs = 5_000;
const keptCharactersMax = 20_000;

/** Starts a program that is not ours. Rejects with what it printed last when it ends early or is not ready in time. */
export const program = async ({ command, args, env, ready, timeoutMs }: ProgramOptions): Promise<Program> => {
  const started = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const stop = () => stopped(started);
  try {
    const match = await readiness(started, ready, timeoutMs);
    return { pid: started.pid ?? 0, match, stop };
  } catch (error) {
    await stop();
    throw error;
  }
};

const readiness = (started: ChildProcess, ready: RegExp, timeoutMs: number): Promise<RegExpExecArray> =>
  new Promise((resolve, reject) => {
    let said = '';
    const fail = (what: string) => reject(new Error(`${what}: ${said.trim() || 'it said nothing'}`));
    const timer = setTimeout(() => fail(`not ready after ${timeoutMs / 1_000} s`), timeoutMs);
    const listen = (text: string) => {
      said = (said + text).slice(-keptCharactersMax);
      const match = ready.exec(said);
      if (!match) return;
      clearTimeout(timer);
      resolve(match);
    };
    started.stdout?.setEncoding('utf8').on('data', listen);
    started.stderr?.setEncoding('utf8').on('data', listen);
    started.once('error', reject);
    started.once('close', (code) => {
      clearTimeout(timer);
      fail(`ended with ${code}`);
    });
  });

const stopped = async (started: ChildProcess): Promise<void> => {
  if (started.pid === undefined || started.exitCode !== null || started.signalCode !== null) return;
  const ended = once(started, 'exit');
  const timer = setTimeout(() => started.kill('SIGKILL'), obeyMs);
  started.kill('SIGTERM');
  await ended;
  clearTimeout(timer);
};
