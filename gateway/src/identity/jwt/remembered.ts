/** Values under their keys; beyond `entriesMax` the oldest go first. */
export type Remembered<Value> = {
  readonly get: (key: string) => Value | undefined;
  readonly set: (key: string, value: Value) => void;
  readonly delete: (key: string) => void;
};

type Bounds = { readonly entriesMax: number; readonly ageMsMax: number; readonly now: () => number };

/** Each value is kept for at most `ageMsMax`; whoever takes it judges whether it still holds. */
export const remembered = <Value>({ entriesMax, ageMsMax, now }: Bounds): Remembered<Value> => {
  const entries = new Map<string, { readonly value: Value; readonly staleAt: number }>();
  return {
    get: (key) => {
      const entry = entries.get(key);
      return entry !== undefined && now() < entry.staleAt ? entry.value : undefined;
    },
    set: (key, value) => {
      entries.delete(key);
      if (entries.size >= entriesMax) {
        const oldest = entries.keys().next();
        if (!oldest.done) entries.delete(oldest.value);
      }
      entries.set(key, { value, staleAt: now() + ageMsMax });
    },
    delete: (key) => void entries.delete(key),
  };
};
