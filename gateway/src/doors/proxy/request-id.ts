import { randomFillSync } from 'node:crypto';
import { base32 } from '@gatehouse/db/ids';

/** Every pair of letters, so that ten bits become two letters in one look-up. */
const pairs = Array.from({ length: 1024 }, (_, at) => base32(BigInt(at), 2));
/** Two pairs of counter: a million ids before the random part is drawn again. */
const COUNT_MAX = 1 << 20;
const REFRESH_MS = 50;

/**
 * Makes request ids: `req_` and a lower-case ULID, monotonic as its specification allows: 48 bits of time, 60 random
 * bits and a counter of 20. Time and random bits are drawn anew every 50 ms only, because a request is cheap and
 * drawing is not; two gateways still cannot meet.
 */
export const requestIds = (clock: () => number = Date.now): (() => string) => {
  let drawnAt = -Infinity;
  let prefix = '';
  let count = 0;
  return () => {
    const now = clock();
    if (now - drawnAt >= REFRESH_MS || now < drawnAt || count === COUNT_MAX) {
      drawnAt = now;
      prefix = `req_${base32(BigInt(now), 10)}${randomText()}`;
      count = 0;
    }
    const id = `${prefix}${pairs[count >> 10] ?? ''}${pairs[count & 1023] ?? ''}`;
    count += 1;
    return id;
  };
};

const randomText = (): string => {
  let text = '';
  for (const bits of randomFillSync(new Uint16Array(6))) text += pairs[bits & 1023] ?? '';
  return text;
};
