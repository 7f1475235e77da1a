/**
 * The newest lines, as bytes in one block of memory outside the garbage-collected heap. Thousands of records kept as
 * objects would be copied by every collection: they cost a request more than its decision.
 */
export type RecentLines = {
  readonly add: (line: string) => void;
  /** Newest first, at most `limit`. */
  readonly newest: (limit: number) => string[];
};

type Bounds = { readonly linesMax: number; readonly bytesMax: number };

/** Keeps at most `linesMax` lines and `bytesMax` bytes, whichever is reached first. A line longer than `bytesMax` is left out. */
export const recentLines = ({ linesMax, bytesMax }: Bounds): RecentLines => {
  const bytes = Buffer.allocUnsafeSlow(bytesMax);
  const starts = new Uint32Array(linesMax);
  const ends = new Uint32Array(linesMax);
  /** Lines are counted from the first ever added; those from `oldest` up to `next` are kept. */
  let oldest = 0;
  let next = 0;
  let at = 0;

  /** Lines lie one behind the other, so the oldest are the first in the way. */
  const makeRoom = (start: number, end: number): void => {
    if (next - oldest === linesMax) oldest += 1;
    while (oldest < next) {
      const slot = oldest % linesMax;
      if ((starts[slot] ?? 0) >= end || (ends[slot] ?? 0) <= start) return;
      oldest += 1;
    }
  };

  return {
    add: (line) => {
      // A character takes at most three bytes of UTF-8; what is not needed is not taken.
      const room = line.length * 3;
      if (room > bytesMax) return;
      if (at + room > bytesMax) at = 0;
      makeRoom(at, at + room);
      const slot = next % linesMax;
      starts[slot] = at;
      at += bytes.write(line, at, 'utf8');
      ends[slot] = at;
      next += 1;
    },
    newest: (limit) =>
      Array.from({ length: Math.min(limit, next - oldest) }, (_, back) => {
        const slot = (next - 1 - back) % linesMax;
        return bytes.toString('utf8', starts[slot], ends[slot]);
      }),
  };
};
