import type { Awaitable } from '@gatehouse/policies/engine/engine';

/** What `load` says about a key, kept for at most `ageMsMax`; at most `entriesMax` keys, the oldest goes first. */
export type Remembered<Value> = (key: string) => Awaitable<Value>;

/**
 * Answers from memory without a promise when the answer is young enough; askers of one key share one load.
 * A load that fails is not remembered and rejects for everybody who waited for it.
 */
export const remembered = <Value>(
  load: (key: string) => Promise<Value>,
  { entriesMax, ageMsMax, now }: { entriesMax: number; ageMsMax: number; now: () => number },
): Remembered<Value> => {
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

  const fetch = (key: string): Promise<Value> => {
    const askedAt = now();
    const flight = load(key)
      .then((value) => keep(key, value, askedAt))
      .finally(() => running.delete(key));
    running.set(key, flight);
    return flight;
  };

  return (key) => {
    const entry = entries.get(key);
    if (entry !== undefined && now() < entry.staleAt) return entry.value;
    return running.get(key) ?? fetch(key);
  };
};
