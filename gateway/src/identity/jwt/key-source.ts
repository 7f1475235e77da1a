import type { Awaitable } from '@gatehouse/policies/engine/engine';
import type { Clock } from '../../clock.ts';
import type { FetchKeys } from './fetch-keys.ts';
import type { Algorithm } from './issuer.ts';
import type { KeySet, VerificationKey } from './key-set.ts';

/** The keys of one issuer as it published them last. */
export type KeySource = {
  /**
   * The key that a token was signed with; undefined when the issuer publishes no such key. Answers without a promise
   * unless keys have to be fetched. Rejects with {@link KeysUnavailable} when that cannot be known.
   */
  readonly find: (algorithm: Algorithm, keyId: string | undefined) => Awaitable<VerificationKey | undefined>;
  /** Whether the key with this `id` is still published, as far as is known. */
  readonly holds: (id: string) => boolean;
};

/** The issuer's keys cannot be had: nothing is said about a token, neither that it is good nor that it is bad. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable';
}

type Parts = {
  readonly name: string;
  readonly fetchKeys: FetchKeys;
  readonly clock: Clock;
  /** From 0 up to 1, for the jitter. */
  readonly random: () => number;
  /** Told when fetching begins to fail, and of keys that cannot be used. */
  readonly warn: (line: string) => void;
};

const minuteMs = 60_000;
/** Never more often, whatever tokens ask for. */
const fetchEveryMsMin = minuteMs;
/** How long a key that was taken back may still be believed. */
const refreshEveryMsMax = 10 * minuteMs;
/** How long keys outlive the last answer of an issuer that is down. */
const keptMsMax = 24 * 60 * minuteMs;
const backOffMsMax = 5 * minuteMs;
/** Adds up to this share to a back-off, so that replicas do not come back together. */
const jitterMax = 0.2;

/**
 * Fetches keys when the first token asks for one, then again every ten minutes (sooner if the answer's Cache-Control
 * says so) while tokens are shown, and at once for a key it does not know; at most once a minute, and one fetch at a
 * time. After failures the pause grows from one minute to five.
 */
export const keySource = ({ name, fetchKeys, clock, random, warn }: Parts): KeySource => {
  let keys: KeySet | undefined;
  let fetchedAt = 0;
  let refreshAt = 0;
  let notBefore = 0;
  let failures = 0;
  let failure: Error | undefined;
  let warned: string | undefined;
  let flight: Promise<void> | undefined;

  /** A state that lasts is said once, however often it is met. */
  const warnOnce = (text: string | undefined): void => {
    if (text !== undefined && text !== warned) warn(`jwt:${name}: ${text}`);
    warned = text;
  };

  const fetchNow = async (): Promise<void> => {
    const startedAt = clock.monotonicMs();
    try {
      const fetched = await fetchKeys();
      ({ keys } = fetched);
      fetchedAt = startedAt;
      failures = 0;
      failure = undefined;
      const maxAgeMs = Math.min(fetched.maxAgeMs ?? refreshEveryMsMax, refreshEveryMsMax);
      notBefore = startedAt + fetchEveryMsMin;
      refreshAt = Math.max(notBefore, startedAt + maxAgeMs);
      warnOnce(fetched.warning);
    } catch (cause) {
      failures += 1;
      failure = cause instanceof Error ? cause : new Error(String(cause));
      notBefore = startedAt + backOffMs(failures, random());
      refreshAt = notBefore;
      warnOnce(`the keys cannot be fetched: ${reasonOf(failure)}`);
    }
  };

  const fetching = (): Promise<void> => {
    flight ??= fetchNow().finally(() => {
      flight = undefined;
    });
    return flight;
  };

  const isDue = (at: number): boolean => flight === undefined && clock.monotonicMs() >= Math.max(at, notBefore);

  /** Refreshes behind the back of who asks. `notBefore` is 0 until the first fetch, whatever the clock began with. */
  const current = (): KeySet | undefined => {
    if (keys !== undefined && isDue(refreshAt)) void fetching();
    return keys !== undefined && clock.monotonicMs() - fetchedAt < keptMsMax ? keys : undefined;
  };

  /** What is known now is all that can be known for a while. */
  const settled = (algorithm: Algorithm, keyId: string | undefined): VerificationKey | undefined => {
    const known = current();
    const key = known?.find(algorithm, keyId);
    if (key !== undefined || (known !== undefined && failure === undefined)) return key;
    throw new KeysUnavailable(`the keys of jwt:${name} cannot be had: ${reasonOf(failure)}`, { cause: failure });
  };

  return {
    find: (algorithm, keyId) => {
      const key = current()?.find(algorithm, keyId);
      if (key !== undefined) return key;
      if (flight === undefined && !isDue(0)) return Promise.resolve().then(() => settled(algorithm, keyId));
      return fetching().then(() => settled(algorithm, keyId));
    },
    holds: (id) => current()?.has(id) === true,
  };
};

const backOffMs = (failures: number, random: number): number =>
  Math.min(fetchEveryMsMin * 2 ** Math.min(failures - 1, 10), backOffMsMax) * (1 + jitterMax * random);

/** A connection that failed at each of a host's addresses has a code and no message. */
const reasonOf = (failure: Error | undefined): string => {
  if (failure === undefined) return 'they were never fetched';
  const { message, name, code = name } = failure as NodeJS.ErrnoException;
  return message === '' ? code : message;
};
