import { retryLoop } from './retry-loop.ts';
import type { RetryOptions } from './retry-loop.ts';

export type Queued = { readonly id: string; readonly object: string };

/** `blocked`: refused for a reason that does not pass by itself; an operator retries or discards it. */
export type Attempted<Outcome> =
  | { readonly kind: 'done'; readonly outcome: Outcome }
  | { readonly kind: 'blocked'; readonly outcome: Outcome; readonly why: string };

/** `waiting`: it is tried again later, here or after the next start. */
export type Submitted<Outcome> = Attempted<Outcome> | { readonly kind: 'waiting'; readonly cause: Error };

export type QueuedState<Item> = {
  readonly item: Item;
  readonly state: 'running' | 'waiting' | 'blocked';
  readonly attempts: number;
  /** What the last attempt said. */
  readonly why?: string | undefined;
};

/** Work that is done once, in order for each object, and tried until it is done. */
export type EffectQueue<Item, Outcome> = {
  /** Resolves after the first attempt, or as soon as something before it could not be done. Never rejects. */
  readonly submit: (item: Item) => Promise<Submitted<Outcome>>;
  /** What an earlier process left; tried by the next `retryAll`. */
  readonly restore: (items: readonly Item[]) => void;
  readonly list: () => readonly QueuedState<Item>[];
  readonly has: (object: string) => boolean;
  /** Undefined when it is not the next of its object. */
  readonly retry: (id: string) => Promise<Submitted<Outcome> | undefined>;
  /** False when it is not there, or being done right now. */
  readonly discard: (id: string) => boolean;
  readonly retryAll: () => Promise<void>;
  /** Waits for what is under way; what could not be done stays undone. */
  readonly close: () => Promise<void>;
};

type Parts<Item, Outcome> = RetryOptions & {
  /** Throws when it cannot be done now. */
  readonly attempt: (item: Item) => Promise<Attempted<Outcome>>;
  readonly onAdded: (item: Item) => void;
  /** Done or discarded. */
  readonly onRemoved: (item: Item) => void;
  /** Awaited before anybody hears that something waits. */
  readonly onWaiting: () => Promise<void>;
};

type Entry<Item, Outcome> = {
  readonly item: Item;
  state: QueuedState<Item>['state'];
  attempts: number;
  why: string | undefined;
  readonly heard: ((submitted: Submitted<Outcome>) => void)[];
};

/** The entries of one object, first come first done. `running` while something works on them. */
type Lane<Item, Outcome> = {
  readonly object: string;
  readonly entries: Entry<Item, Outcome>[];
  running: Promise<boolean> | undefined;
};

export const effectQueue = <Item extends Queued, Outcome>(parts: Parts<Item, Outcome>): EffectQueue<Item, Outcome> => {
  const lanes = new Map<string, Lane<Item, Outcome>>();
  const work = laneWork(parts, (lane) => lanes.delete(lane.object));
  const loop = retryLoop({
    ...parts,
    lanes: () => [...lanes.values()].filter((lane) => lane.entries[0]?.state === 'waiting'),
    work,
  });

  const add = (item: Item): { readonly lane: Lane<Item, Outcome>; readonly entry: Entry<Item, Outcome> } => {
    const lane = lanes.get(item.object) ?? { object: item.object, entries: [], running: undefined };
    lanes.set(item.object, lane);
    const entry: Entry<Item, Outcome> = { item, state: 'waiting', attempts: 0, why: undefined, heard: [] };
    lane.entries.push(entry);
    return { lane, entry };
  };
  const outcomeOf = (lane: Lane<Item, Outcome>, entry: Entry<Item, Outcome>): Promise<Submitted<Outcome>> => {
    const heard = new Promise<Submitted<Outcome>>((resolve) => entry.heard.push(resolve));
    void work(lane).then(loop.worked);
    return heard;
  };
  const find = (id: string) => {
    for (const lane of lanes.values()) {
      const at = lane.entries.findIndex(({ item }) => item.id === id);
      const entry = lane.entries[at];
      if (entry !== undefined) return { lane, entry, at };
    }
    return undefined;
  };
  return {
    submit: (item) => {
      const { lane, entry } = add(item);
      parts.onAdded(item);
      return outcomeOf(lane, entry);
    },
    restore: (items) => {
      for (const item of items) add(item);
    },
    list: () =>
      [...lanes.values()].flatMap(({ entries }) =>
        entries.map(({ item, state, attempts, why }) => ({ item, state, attempts, why })),
      ),
    has: (object) => lanes.has(object),
    retry: async (id) => {
      const found = find(id);
      if (found?.at !== 0) return undefined;
      if (found.entry.state === 'blocked') found.entry.state = 'waiting';
      return outcomeOf(found.lane, found.entry);
    },
    discard: (id) => {
      const found = find(id);
      if (found === undefined || found.entry.state === 'running') return false;
      found.lane.entries.splice(found.at, 1);
      parts.onRemoved(found.entry.item);
      tell(found.entry, { kind: 'waiting', cause: new Error('it was discarded') });
      if (found.lane.running === undefined && found.lane.entries.length === 0) lanes.delete(found.lane.object);
      if (found.lane.entries.length > 0) void work(found.lane).then(loop.worked);
      return true;
    },
    retryAll: loop.round,
    close: async () => {
      loop.close();
      await Promise.all([...lanes.values()].map(({ running }) => running));
    },
  };
};

/** Works a lane off until it is empty or something in it cannot be done; resolves with whether nothing failed. */
const laneWork =
  <Item, Outcome>(
    { attempt, onRemoved, onWaiting }: Parts<Item, Outcome>,
    onEmpty: (lane: Lane<Item, Outcome>) => void,
  ) =>
  (lane: Lane<Item, Outcome>): Promise<boolean> => {
    const attempted = async (entry: Entry<Item, Outcome>): Promise<Submitted<Outcome>> => {
      entry.state = 'running';
      entry.attempts += 1;
      try {
        const result = await attempt(entry.item);
        entry.state = result.kind === 'blocked' ? 'blocked' : 'running';
        entry.why = result.kind === 'blocked' ? result.why : undefined;
        return result;
      } catch (error) {
        const cause = error instanceof Error ? error : new Error(String(error));
        entry.state = 'waiting';
        entry.why = rootOf(cause).message;
        return { kind: 'waiting', cause };
      }
    };
    const works = async (): Promise<boolean> => {
      // Nothing is done in the caller's own turn: `running` has to be set first.
      await Promise.resolve();
      for (let entry = lane.entries[0]; entry !== undefined; entry = lane.entries[0]) {
        const result = entry.state === 'blocked' ? behind(entry) : await attempted(entry);
        if (result.kind !== 'done') {
          await onWaiting();
          // Discarded in the meantime: what stood behind it is next.
          if (lane.entries[0] !== entry) continue;
          lane.running = undefined;
          tellBehind(lane, entry, result);
          return result.kind === 'blocked' || entry.state === 'blocked';
        }
        lane.entries.shift();
        onRemoved(entry.item);
        tell(entry, result);
      }
      lane.running = undefined;
      onEmpty(lane);
      return true;
    };
    lane.running ??= works();
    return lane.running;
  };

const behind = <Item, Outcome>({ why }: Entry<Item, Outcome>): Submitted<Outcome> => ({
  kind: 'waiting',
  cause: new Error(`something before it waits for an operator: ${why}`),
});

/** The first hears its own result; those behind it wait, and why. */
const tellBehind = <Item, Outcome>(
  { entries }: Lane<Item, Outcome>,
  first: Entry<Item, Outcome>,
  result: Submitted<Outcome>,
): void => {
  tell(first, result);
  const waits = result.kind === 'waiting' ? result : behind<Item, Outcome>(first);
  for (const entry of entries) if (entry !== first) tell(entry, waits);
};

const tell = <Item, Outcome>({ heard }: Entry<Item, Outcome>, result: Submitted<Outcome>): void => {
  for (const hear of heard.splice(0)) hear(result);
};

// drizzle wraps what the driver threw.
const rootOf = (error: Error): Error => (error.cause instanceof Error ? rootOf(error.cause) : error);
