import { randomFillSync } from 'node:crypto';

/** What an id names. The prefix is part of the id everywhere, so that an id in the wrong place is seen at once. */
export type IdPrefix = 'usr' | 'acc' | 'wsp' | 'svc' | 'mem' | 'tok' | 'mdl' | 'inc' | 'dec' | 'req' | 'eff' | 'use';

// Crockford's base 32, in lower case; https://github.com/ulid/spec
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const randomBits = 80n;

let lastTimeMs = -1;
let lastRandom = 0n;

/**
 * `usr_01jd…`: prefix and lower-case ULID (48 bits of milliseconds, 80 bits from the system's random source).
 * Ids of one process rise strictly, also within a millisecond and when the clock is set back: then the last id is
 * raised by one, so a reader who has seen one id can guess its neighbours. An id is a name, never a secret.
 */
export const newId = (prefix: IdPrefix, nowMs: number = Date.now()): string => {
  if (nowMs > lastTimeMs) {
    lastTimeMs = nowMs;
    lastRandom = freshRandom();
  } else {
    lastRandom += 1n;
    if (lastRandom >> randomBits !== 0n) {
      lastTimeMs += 1;
      lastRandom = freshRandom();
    }
  }
  return `${prefix}_${base32((BigInt(lastTimeMs) << randomBits) | lastRandom, 26)}`;
};

const freshRandom = (): bigint => BigInt(`0x${randomFillSync(Buffer.allocUnsafe(10)).toString('hex')}`);

/** The lowest 5 × `letters` bits as a ULID spells them: 10 letters for its time, 16 for its random part. */
export const base32 = (value: bigint, letters: number): string => {
  let text = '';
  for (let rest = value, left = letters; left > 0; left -= 1, rest >>= 5n)
    text = alphabet.charAt(Number(rest & 31n)) + text;
  return text;
};
