import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { child, server } from './child.ts';
import { measure } from './measure.ts';
import type { Bench, Sample } from './measure.ts';
import type { Options } from './options.ts';
import { slots } from './slots.ts';
import type { Slot } from './slots.ts';
import type { Running, System } from './systems/system.ts';

export type Progress = {
  readonly starting: (system: string) => void;
  readonly warming: (system: string) => void;
  /** `done` of `total` measurements lie behind. */
  readonly measuring: (slot: Slot, done: number, total: number) => void;
};

/**
 * Starts everything, measures, stops everything, also when something fails or `signal` aborts.
 * Rejects with a sentence that names the system and what went wrong.
 */
export const bench = async (
  systems: readonly System[],
  options: Options,
  progress: Progress,
  signal: AbortSignal,
): Promise<Sample[]> => {
  const cleanups: (() => Promise<void>)[] = [];
  const cleanUp = async () => {
    for (let cleanup = cleanups.pop(); cleanup; cleanup = cleanups.pop()) await cleanup();
  };
  const aborted = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('interrupted')), { once: true });
  });
  const work = measureAll(systems, options, progress, cleanups);
  try {
    return await Promise.race([work, aborted]);
  } finally {
    await cleanUp();
    // What was just starting when the run was interrupted comes up first, then fails on what is gone.
    await work.catch(() => {});
    await cleanUp();
  }
};

const measureAll = async (
  systems: readonly System[],
  options: Options,
  progress: Progress,
  cleanups: (() => Promise<void>)[],
): Promise<Sample[]> => {
  const started = await startAll(systems, options, progress, cleanups);
  const names = [...started.systems.keys()];
  await warm(started, names, options, progress);
  const order = slots(names, options.connections, options.rounds);
  let done = 0;
  return measure(started, order, options.seconds, (slot) => {
    progress.measuring(slot, done, order.length);
    done += 1;
  });
};

const startAll = async (
  systems: readonly System[],
  options: Options,
  progress: Progress,
  cleanups: (() => Promise<void>)[],
): Promise<Bench> => {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-bench-'));
  cleanups.push(() => rm(folder, { recursive: true, force: true }));
  const upstream = await server(new URL('./servers/upstream.ts', import.meta.url));
  cleanups.push(upstream.stop);
  const load = child(new URL('./load/main.ts', import.meta.url), [options.load]);
  cleanups.push(load.stop);
  const objects = Array.from({ length: options.objects }, (_none, index) => `object-${index}`);
  const running = new Map<string, Running>();
  for (const system of systems) {
    progress.starting(system.name);
    const own = join(folder, system.name);
    await mkdir(own);
    const stands = await system.start({ upstream: upstream.origin, objects, folder: own }).catch((error: unknown) => {
      throw new Error(`${system.name} does not start: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      });
    });
    cleanups.push(stands.stop);
    running.set(system.name, stands);
  }
  return { systems: running, upstream, load, paths: objects.map((id) => `/algorithms/${id}`) };
};

/** Compilers and caches first see each system under the heaviest load that will be measured. */
const warm = async (started: Bench, names: readonly string[], options: Options, progress: Progress): Promise<void> => {
  if (options.warmupSeconds === 0) return;
  const order = slots(names, [Math.max(...options.connections)], 1);
  await measure(started, order, options.warmupSeconds, ({ system }) => progress.warming(system));
};
