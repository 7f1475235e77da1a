import { watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { folderPrint } from './folder-print.ts';
import type { Watched } from './folder-print.ts';

export type FileWatch = {
  /** Nothing is called afterwards. */
  readonly close: () => void;
};

type Options = {
  readonly watched: readonly Watched[];
  /** Also called once soon after the start, for what changed before. */
  readonly onChange: () => void;
  /** How long files must stand still: editors truncate and write, a checkout touches one file after another. */
  readonly settleMs?: number;
  /** Files that never stand still are looked at nevertheless. */
  readonly settleMsMax?: number;
  /** Some file systems tell nothing; they are asked. */
  readonly pollMs?: number;
  readonly tell?: Tell;
};

/** Calls `onTouched` when something in the folder may have changed; throws when it cannot. */
export type Tell = (folder: string, onTouched: () => void) => Pick<FSWatcher, 'close'>;

const systemTells: Tell = (folder, onTouched) =>
  // An error ends the watching, e.g. when the folder is gone; polling goes on.
  watch(folder, { persistent: false }, onTouched).on('error', onTouched);

/** Between being told and looking: a save or a checkout tells many times. */
const hushMs = 100;

/** Says when files have changed and stand still again. Keeps no process alive. */
export const watchFiles = ({
  watched,
  onChange,
  settleMs = 300,
  settleMsMax = 5_000,
  pollMs = 2_000,
  tell = systemTells,
}: Options): FileWatch => {
  const ending = new AbortController();
  const bell = doorbell();
  const ears = watched.map(({ folder }) => ear(folder, tell, bell.ring));
  const look = async (): Promise<string> => (await Promise.all(watched.map(folderPrint))).join('\n\n');

  const settled = async (first: string): Promise<string> => {
    let last = first;
    for (let waitedMs = 0; waitedMs < settleMsMax && !ending.signal.aborted; waitedMs += settleMs) {
      await pause(settleMs);
      const next = await look();
      if (next === last) return next;
      last = next;
    }
    return last;
  };

  const follow = async (): Promise<void> => {
    let known: string | undefined;
    while (!ending.signal.aborted) {
      for (const { listen } of ears) await listen();
      const now = await look();
      if (now === known) {
        if (await bell.rungWithin(pollMs)) await pause(hushMs);
        continue;
      }
      // Taken before anybody reads: what is written during the reading is a further change.
      known = await settled(now);
      if (!ending.signal.aborted) onChange();
    }
    for (const { close } of ears) close();
  };

  void follow();
  return {
    close: () => {
      ending.abort();
      bell.ring();
    },
  };
};

const pause = (ms: number): Promise<void> => sleep(ms, undefined, { ref: false });

/** Remembers that it was rung until somebody asks. */
const doorbell = () => {
  let isRung = false;
  let wake = (): void => undefined;
  return {
    ring: (): void => {
      isRung = true;
      wake();
    },
    rungWithin: async (ms: number): Promise<boolean> => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, ms).unref();
      wake = resolve;
      if (!isRung) await promise;
      clearTimeout(timer);
      const wasRung = isRung;
      isRung = false;
      return wasRung;
    },
  };
};

/** Listens to a folder, and to the one that has taken its place. */
const ear = (folder: string, tell: Tell, onTouched: () => void) => {
  let heard: Pick<FSWatcher, 'close'> | undefined;
  let inode: bigint | undefined;
  return {
    listen: async (): Promise<void> => {
      const there = (await stat(folder, { bigint: true }).catch(() => undefined))?.ino;
      if (there === inode) return;
      heard?.close();
      heard = undefined;
      inode = there;
      try {
        if (there !== undefined) heard = tell(folder, onTouched);
      } catch {
        // No watcher to be had (too many, or a file system without): polling has to do.
      }
    },
    close: (): void => heard?.close(),
  };
};
