/** The newest `entriesMax` entries; adding to a full ring drops the oldest. */
export type Ring<Entry> = {
  readonly add: (entry: Entry) => void;
  /** Newest first, at most `limit`. */
  readonly newest: (limit: number) => Entry[];
  /** How many were ever added. */
  readonly total: () => number;
};

export const ring = <Entry>(entriesMax: number): Ring<Entry> => {
  const entries: Entry[] = [];
  let total = 0;
  return {
    add: (entry) => {
      entries[total % entriesMax] = entry;
      total += 1;
    },
    newest: (limit) => {
      const count = Math.min(limit, entries.length);
      return Array.from({ length: count }, (_, index) => entries[(total - 1 - index) % entriesMax] as Entry);
    },
    total: () => total,
  };
};
