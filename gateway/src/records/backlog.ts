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

/** Memory for this much is taken at first, and doubled when it is needed. */
const bytesAtFirst = 256 << 10;

export const backlog = (bytesMax: number): Backlog => {
  let memory = Buffer.allocUnsafeSlow(Math.min(bytesAtFirst, bytesMax));
  let begin = 0;
  let end = 0;
  let dropped = 0;
  let isWhole = true;

  /** Moves what waits to a new block: a write that is under way still reads the old one. */
  const makeRoom = (size: number): void => {
    const waiting = memory.subarray(begin, end);
    const room = Math.max(bytesAtFirst, 2 * (waiting.length + size));
    memory = Buffer.allocUnsafeSlow(Math.min(bytesMax, room));
    waiting.copy(memory);
    begin = 0;
    end = waiting.length;
  };

  return {
    add: (line) => {
      const size = Buffer.byteLength(line) + 1;
      if (end - begin + size > bytesMax) {
        dropped += 1;
        return;
      }
      if (end + size > memory.length) makeRoom(size);
      end += memory.write(line, end, 'utf8');
      memory[end] = 0x0a;
      end += 1;
    },
    bytes: () => memory.subarray(begin, end),
    written: (count) => {
      if (count > 0) isWhole = memory[begin + count - 1] === 0x0a;
      begin += count;
      if (begin === end) {
        begin = 0;
        end = 0;
      }
    },
    isEmpty: () => begin === end,
    isWhole: () => isWhole,
    dropped: () => dropped,
  };
};
