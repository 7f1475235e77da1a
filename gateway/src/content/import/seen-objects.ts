import { hash } from 'node:crypto';

/** Which objects a file has named, and on which line first. 24 to 48 bytes for each, so that a million fit anywhere. */
export type SeenObjects = {
  /** The earlier line; undefined the first time. */
  readonly lineOf: (object: string, line: number) => number | undefined;
};

const wordsPerSlot = 3;

/** An open-addressing table of the first 64 bits of SHA-256: among a million objects two meet once in 40 million files. */
export const seenObjects = (): SeenObjects => {
  let slots = 1 << 10;
  let table = new Uint32Array(slots * wordsPerSlot);
  let count = 0;

  /** Where these 64 bits stand, or the free slot where they belong. A free slot has no line. */
  const slotOf = (high: number, low: number): number => {
    for (let slot = low % slots; ; slot = (slot + 1) % slots) {
      const at = slot * wordsPerSlot;
      if (table[at + 2] === 0 || (table[at] === high && table[at + 1] === low)) return at;
    }
  };
  const grow = (): void => {
    const old = table;
    slots *= 2;
    table = new Uint32Array(slots * wordsPerSlot);
    for (let at = 0; at < old.length; at += wordsPerSlot)
      if (old[at + 2] !== 0) table.set(old.subarray(at, at + wordsPerSlot), slotOf(old[at]!, old[at + 1]!));
  };
  return {
    lineOf: (object, line) => {
      const digest = hash('sha256', object, 'buffer');
      const [high, low] = [digest.readUInt32LE(0), digest.readUInt32LE(4)];
      const at = slotOf(high, low);
      if (table[at + 2] !== 0) return table[at + 2];
      table.set([high, low, line], at);
      count += 1;
      if (count * 2 > slots) grow();
      return undefined;
    },
  };
};
