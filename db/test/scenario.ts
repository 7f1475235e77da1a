import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** Another process that runs `scenarios/<name>.ts`, heard line by line. */
export const scenario = (name: string, args: readonly string[], options: { readonly uid?: number } = {}) => {
  const file = fileURLToPath(new URL(`./scenarios/${name}.ts`, import.meta.url));
  const child = spawn(process.execPath, [file, ...args], { stdio: ['pipe', 'pipe', 'inherit'], ...options });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const exited = once(child, 'exit');
  return {
    /** The next line it prints; throws when it has ended without one. */
    line: async (): Promise<string> => {
      const next = await lines.next();
      if (next.done === true) throw new Error(`${name} ended too early`);
      return next.value;
    },
    /** What it still prints until it ends. */
    rest: () => Array.fromAsync({ [Symbol.asyncIterator]: () => lines }),
    /** As the kernel does it: nothing of the process's own runs any more. */
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
};
