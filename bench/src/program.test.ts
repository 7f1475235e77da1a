import { describe, expect, it } from 'vitest';
import { program } from './program.ts';
import type { ProgramOptions } from './program.ts';

const node = (code: string, given: Partial<ProgramOptions> = {}) =>
  program({ command: process.execPath, args: ['-e', code], env: {}, ready: /port (\d+)/, timeoutMs: 10_000, ...given });

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('program', () => {
  it('is ready when it says so, and gone when it was stopped', async () => {
    const { pid, match, stop } = await node(
      "console.log('port ' + process.env.PORT_OF_TEST); setInterval(() => {}, 1000)",
      {
        env: { PORT_OF_TEST: '4400' },
      },
    );
    expect([match[1], isAlive(pid)]).toEqual(['4400', true]);
    await stop();
    expect(isAlive(pid)).toBe(false);
    await stop();
  });

  it.each([
    ['ends early', "console.error('no disk'); process.exitCode = 3", {}, 'ended with 3: no disk'],
    ['is late', "console.log('wait'); setInterval(() => {}, 1000)", { timeoutMs: 300 }, 'not ready after 0.3 s'],
    ['does not exist', '', { command: '/nowhere/at/all' }, 'ENOENT'],
  ])('rejects when it %s', async (_what, code, given, message) => {
    await expect(node(code, given)).rejects.toThrow(message);
  });
});
