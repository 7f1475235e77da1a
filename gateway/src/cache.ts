import type { Awaitable } from '@gatehouse/policies/engine/engine';

/** Answers kept for a while under their key. */
export type Cache<Value> = {
  /** The answer, when it is there and young enough. */
  readonly get: (key: string) => { readonly value: Value } | undefined;
  /** The same, or what `load` says; askers of one key share one load. A load that fails is not kept and rejects for all of them. */
  readonly find: (key: string, load: () => Promise<Value>) => Awaitable<Value>;
};

type Bounds = { readonly entriesMax: number; readonly ageMsMax: number; readonly now: () => number };

/** Keeps at most `entriesMax` answers, the oldest go first, each for at most `ageMsMax`. */
export const cache = <Value>({ entriesMax, ageMsMax, now }: Bounds): Cache<Value> => {
  const entries = new Map<string, { value: Value; staleAt: number }>();
  const running = new Map<string, Promise<Value>>();

  const keep = (key: string, value: Value, askedAt: number): Value => {
    entries.delete(key);
    if (entries.size >= entriesMax) {
      const oldest = entries.keys().next();
      if (!oldest.done) entries.delete(oldest.value);
    }
    // Counted from the moment of asking, not of the answer: what changed meanwhile may be missing in it.
    entries.set(key, { value, staleAt: askedAt + ageMsMax });
    return value;
  };

  const fetch = (key: string, load: () => Promise<Value>): Promise<Value> => {
    const askedAt = now();
    const flight = load()
      .then((value) => keep(key, value, askedAt))
      .finally(() => running.delete(key));
    running.set(key, flight);
    return flight;
  };

  const get = (key: string): { readonly value: Value } | undefined => {
    const entry = entries.get(key);
    return entry !== undefined && now() < entry.staleAt ? entry : undefined;
  };

  return {
    get,
    find: (key, load) => {
      const entry = get(key);
      return entry === undefined ? (running.get(key) ?? fetch(key, load)) : entry.value;
    },
  };
};
