import { randomFillSync } from 'node:crypto';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
/** Every pair of letters, so that ten random bits become two letters in one look-up. */
const pairs = Array.from({ length: 1024 }, (_, at) => `${ALPHABET[at >> 5] ?? ''}${ALPHABET[at & 31] ?? ''}`);
const PAIRS_PER_ID = 8;

/**
 * Makes request ids: `req_` and a lower-case ULID (48 bits of time, 80 bits of randomness). Random bytes are drawn for
 * 512 ids at a time, because drawing them one by one costs more than deciding the request.
 */
export const requestIds = (clock: () => number = Date.now): (() => string) => {
  const random = new Uint16Array(512 * PAIRS_PER_ID);
  let at = random.length;
  let timeMs = -1;
  let prefix = '';
  return () => {
    const now = clock();
    if (now !== timeMs) {
      timeMs = now;
      prefix = `req_${timeText(now)}`;
    }
    if (at === random.length) {
      randomFillSync(random);
      at = 0;
    }
    let id = prefix;
    for (const end = at + PAIRS_PER_ID; at < end; at++) id += pairs[(random[at] ?? 0) & 1023] ?? '';
    return id;
  };
};

const timeText = (timeMs: number): string => {
  let text = '';
  let left = timeMs;
  for (let letter = 0; letter < 10; letter++) {
    text = `${ALPHABET[left % 32] ?? ''}${text}`;
    left = Math.floor(left / 32);
  }
  return text;
};
