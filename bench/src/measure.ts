import { answerBytes } from './answer-bytes.ts';
import type { Child } from './child.ts';
import type { LoadMessage, LoadReply } from './load/main.ts';
import type { LoadResult } from './load/order.ts';
import { machineMicros } from './machine-micros.ts';
import type { Slot } from './slots.ts';
import type { Running } from './systems/system.ts';

/** What one slot gave. Processor shares are parts of one core: 0.97 is a core that is full. */
export type Sample = Slot &
  LoadResult & {
    /** Of the proxy, per request; null where it cannot be known. */
    readonly cpuMicros: number | null;
    readonly proxyShare: number | null;
    readonly upstreamShare: number;
    readonly loadShare: number;
    /** Of every other program on the machine: near zero where the numbers are to be trusted. */
    readonly othersShare: number;
  };

export type Bench = {
  readonly systems: ReadonlyMap<string, Running>;
  readonly upstream: Child;
  readonly load: Child;
  readonly paths: readonly string[];
};

/** Runs the slots in their order. Rejects on the first answer that is not 2xx or not whole, naming the system. */
export const measure = async (
  bench: Bench,
  order: readonly Slot[],
  seconds: number,
  onSlot: (slot: Slot) => void,
): Promise<Sample[]> => {
  const samples: Sample[] = [];
  for (const slot of order) {
    onSlot(slot);
    samples.push(await measureSlot(bench, slot, seconds));
  }
  return samples;
};

const measureSlot = async (bench: Bench, slot: Slot, seconds: number): Promise<Sample> => {
  const system = bench.systems.get(slot.system);
  if (!system) throw new Error(`${slot.system} does not run`);
  const clocks = [system.cpuMicros, bench.upstream.cpuMicros, bench.load.cpuMicros] as const;
  const machineBefore = machineMicros();
  const before = await Promise.all(clocks.map((clock) => clock()));
  const result = await ordered(bench, slot, system, seconds);
  const after = await Promise.all(clocks.map((clock) => clock()));
  const machine = machineMicros() - machineBefore;
  const [proxy, upstream, load] = after.map((value, at) => difference(value, before[at] ?? null));
  const share = (micros: number | null | undefined) => (micros == null ? null : micros / 1e6 / result.seconds);
  return {
    ...slot,
    ...result,
    cpuMicros: proxy == null ? null : proxy / result.requests,
    proxyShare: share(proxy),
    upstreamShare: share(upstream) ?? 0,
    loadShare: share(load) ?? 0,
    othersShare: Math.max(0, share(machine - (proxy ?? 0) - (upstream ?? 0) - (load ?? 0)) ?? 0),
  };
};

const ordered = async ({ load, paths }: Bench, slot: Slot, system: Running, seconds: number): Promise<LoadResult> => {
  const { origin, headers } = system;
  const message: LoadMessage = {
    kind: 'load',
    order: { origin, headers, paths, connections: slot.connections, seconds, answerBytes },
  };
  const reply = await load.ask<LoadReply>(message);
  switch (reply.kind) {
    case 'result':
      return reply.result;
    case 'failed':
      throw new Error(`${slot.system} at ${slot.connections} connections: ${reply.message}`);
    case 'cpu':
      throw new Error('the load generator gave another answer than it was asked for');
  }
};

const difference = (after: number | null, before: number | null): number | null =>
  after === null || before === null ? null : after - before;
