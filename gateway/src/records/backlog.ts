/**
 * Lines that wait for the disk, as bytes: at most `bytesMax`, beyond which the newest are dropped and counted. What a
 * short write left over goes first, so that no line is ever torn by lines behind it.
 */
export type Backlog = {
  readonly add: (line: string) => void;
  /** Everything that waits; the same bytes again until `written` says how many of them are safe. */
  readonly bytes: () => Buffer;
  readonly written: (count: number) => void;
  readonly isEmpty: () => boolean;
  /** Whether the next byte to write begins a line. */
  readonly isWhole: () => boolean;
  readonly dropped: () => number;
};

export const backlog = (bytesMax: number): Backlog => {
  let lines: string[] = [];
  let batch: Buffer = Buffer.alloc(0);
  let waiting = 0;
  let dropped = 0;
  let isWhole = true;
  return {
    add: (line) => {
      const size = Buffer.byteLength(line) + 1;
      if (waiting + size > bytesMax) {
        dropped += 1;
        return;
      }
      lines.push(`${line}\n`);
      waiting += size;
    },
    bytes: () => {
      if (lines.length > 0) batch = Buffer.concat([batch, Buffer.from(lines.join(''))]);
      lines = [];
      return batch;
    },
    written: (count) => {
      if (count > 0) isWhole = batch[count - 1] === 0x0a;
      batch = batch.subarray(count);
      waiting -= count;
    },
    isEmpty: () => waiting === 0,
    isWhole: () => isWhole,
    dropped: () => dropped,
  };
};
