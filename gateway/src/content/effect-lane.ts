import { rootCause } from '@gatehouse/db/root-cause';
import { errorOf } from '../error-of.ts';
/** `blocked`: refused for a reason that does not pass by itself; an operator retries or discards it. */
export type Attempted<Outcome> =
  | { readonly kind: 'done'; readonly outcome: Outcome }
  | { readonly kind: 'blocked'; readonly outcome: Outcome; readonly why: string };

/** `waiting`: it is tried again later, here or after the next start. */
export type Submitted<Outcome> = Attempted<Outcome> | { readonly kind: 'waiting'; readonly cause: Error };

export type Entry<Item, Outcome> = {
  readonly item: Item;
  state: 'running' | 'waiting' | 'blocked';
  attempts: number;
  /** What the last attempt said. */
  why: string | undefined;
  /** Who waits for the result. */
  readonly heard: ((submitted: Submitted<Outcome>) => void)[];
};

/** The entries of one object, first come first done. `running` while something works on them. */
export type Lane<Item, Outcome> = {
  readonly object: string;
  readonly entries: Entry<Item, Outcome>[];
  running: Promise<boolean> | undefined;
};

type Parts<Item, Outcome> = {
  /** Throws when it cannot be done now. */
  readonly attempt: (item: Item) => Promise<Attempted<Outcome>>;
  readonly onRemoved: (item: Item) => void;
  /** Awaited before anybody hears that something waits; never rejects. */
  readonly onWaiting: () => Promise<void>;
  readonly onEmpty: (lane: Lane<Item, Outcome>) => void;
};

/** Works a lane off until it is empty or something in it cannot be done; resolves with whether nothing failed. */
export const laneWork = <Item, Outcome>(parts: Parts<Item, Outcome>) => {
  const works = async (lane: Lane<Item, Outcome>): Promise<boolean> => {
    // Nothing is done in the caller's own turn: `running` has to be set first.
    await Promise.resolve();
    for (let entry = lane.entries[0]; entry !== undefined; entry = lane.entries[0]) {
      const result = entry.state === 'blocked' ? behind(entry) : await attempted(entry, parts.attempt);
      if (result.kind === 'done') {
        lane.entries.shift();
        parts.onRemoved(entry.item);
        tell(entry, result);
        continue;
      }
      await parts.onWaiting();
      // Discarded in the meantime: what stood behind it is next.
      if (lane.entries[0] !== entry) continue;
      lane.running = undefined;
      tellAll(lane, entry, result);
      return entry.state === 'blocked';
    }
    lane.running = undefined;
    parts.onEmpty(lane);
    return true;
  };
  return (lane: Lane<Item, Outcome>): Promise<boolean> => {
    lane.running ??= works(lane);
    return lane.running;
  };
};

const attempted = async <Item, Outcome>(
  entry: Entry<Item, Outcome>,
  attempt: Parts<Item, Outcome>['attempt'],
): Promise<Submitted<Outcome>> => {
  entry.state = 'running';
  entry.attempts += 1;
  try {
    const result = await attempt(entry.item);
    if (result.kind === 'blocked') entry.state = 'blocked';
    entry.why = result.kind === 'blocked' ? result.why : undefined;
    return result;
  } catch (error) {
    const cause = errorOf(error);
    entry.state = 'waiting';
    entry.why = rootCause(cause).message;
    return { kind: 'waiting', cause };
  }
};

const behind = <Item, Outcome>({ why }: Entry<Item, Outcome>): Submitted<Outcome> => ({
  kind: 'waiting',
  cause: new Error(`something before it waits for an operator: ${why}`),
});

/** The first hears its own result; those behind it wait, and why. */
const tellAll = <Item, Outcome>(
  { entries }: Lane<Item, Outcome>,
  first: Entry<Item, Outcome>,
  result: Submitted<Outcome>,
): void => {
  tell(first, result);
  const waits = result.kind === 'waiting' ? result : behind<Item, Outcome>(first);
  for (const entry of entries) if (entry !== first) tell(entry, waits);
};

export const tell = <Item, Outcome>({ heard }: Entry<Item, Outcome>, result: Submitted<Outcome>): void => {
  for (const hear of heard.splice(0)) hear(result);
};
