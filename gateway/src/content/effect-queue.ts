import { laneWork, tell } from './effect-lane.ts';
import type { Attempted, Entry, Lane, Submitted } from './effect-lane.ts';
import { retryLoop } from './retry-loop.ts';
import type { RetryOptions } from './retry-loop.ts';

export type Queued = { readonly id: string; readonly object: string };

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
  /** Awaited before anybody hears that something waits; never rejects. */
  readonly onWaiting: () => Promise<void>;
};

export const effectQueue = <Item extends Queued, Outcome>(parts: Parts<Item, Outcome>): EffectQueue<Item, Outcome> => {
  const { lanes, add, find } = lanesOf<Item, Outcome>();
  const onEmpty = ({ object }: Lane<Item, Outcome>) => void lanes.delete(object);
  const work = laneWork({ ...parts, onEmpty });
  const loop = retryLoop({
    ...parts,
    lanes: () => [...lanes.values()].filter((lane) => lane.entries[0]?.state === 'waiting'),
    work,
  });
  const begin = (lane: Lane<Item, Outcome>): void => void work(lane).then(loop.worked);
  const outcomeOf = (lane: Lane<Item, Outcome>, entry: Entry<Item, Outcome>): Promise<Submitted<Outcome>> => {
    const heard = new Promise<Submitted<Outcome>>((resolve) => entry.heard.push(resolve));
    begin(lane);
    return heard;
  };
  return {
    submit: (item) => {
      const { lane, entry } = add(item);
      parts.onAdded(item);
      return outcomeOf(lane, entry);
    },
    restore: (items) => items.forEach(add),
    list: () => [...lanes.values()].flatMap(({ entries }) => entries.map(stateOf)),
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
      begin(found.lane);
      return true;
    },
    retryAll: loop.round,
    close: async () => {
      loop.close();
      await Promise.all(Array.from(lanes.values(), async ({ running }) => running));
    },
  };
};

const lanesOf = <Item extends Queued, Outcome>() => {
  const lanes = new Map<string, Lane<Item, Outcome>>();
  return {
    lanes,
    add: (item: Item): { readonly lane: Lane<Item, Outcome>; readonly entry: Entry<Item, Outcome> } => {
      const lane = lanes.get(item.object) ?? { object: item.object, entries: [], running: undefined };
      lanes.set(item.object, lane);
      const entry: Entry<Item, Outcome> = { item, state: 'waiting', attempts: 0, why: undefined, heard: [] };
      lane.entries.push(entry);
      return { lane, entry };
    },
    find: (id: string) => {
      for (const lane of lanes.values()) {
        const at = lane.entries.findIndex(({ item }) => item.id === id);
        const entry = lane.entries[at];
        if (entry !== undefined) return { lane, entry, at };
      }
      return undefined;
    },
  };
};

const stateOf = <Item, Outcome>({ item, state, attempts, why }: Entry<Item, Outcome>): QueuedState<Item> => ({
  item,
  state,
  attempts,
  why,
});
