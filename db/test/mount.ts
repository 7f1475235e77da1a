import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Only root may mount, and in many containers not even root. */
export const isMountingAllowed = ((): boolean => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder], { stdio: 'ignore' });
    execFileSync('umount', [folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  } finally {
    rmdirSync(folder);
  }
})();

/** A small disk of its own on `folder`. */
export const mountMemory = async (folder: string, options: string) => {
  await run('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]);
  return {
    resize: async (size: string) => void (await run('mount', ['-o', `remount,size=${size}`, folder])),
    // Lazily: a test that failed may have left a file open.
    unmount: async () => void (await run('umount', ['-l', folder])),
  };
};
