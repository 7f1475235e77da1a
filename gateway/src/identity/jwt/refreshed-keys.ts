import { errorOf } from '../../error-of.ts';
import type { Clock } from '../../clock.ts';
import type { FetchKeys } from './fetch-keys.ts';
import type { KeySet } from './key-set.ts';

/** An issuer's keys, kept as fresh as the bounds below say. */
export type RefreshedKeys = {
  /** What was fetched last, unless that is too long ago. Starts a refresh, without waiting, when one is due. */
  readonly current: () => KeySet | undefined;
  /** Waits for a fetch that runs, or begins one; undefined when it is too early for another. Never rejects. */
  readonly fetched: () => Promise<void> | undefined;
  /** Why the last fetch failed; undefined when it did not. */
  readonly failure: () => Error | undefined;
};

export type RefreshParts = {
  readonly fetchKeys: FetchKeys;
  readonly clock: Clock;
  /** From 0 up to 1, for the jitter. */
  readonly random: () => number;
  /** Told of keys that cannot be fetched or used: once, however long that lasts. */
  readonly warn: (text: string) => void;
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

/** What the last fetch came to. `nextAt`: no fetch before; `refreshAt`: not needed before. */
type State = {
  readonly keys: KeySet | undefined;
  readonly fetchedAt: number;
  readonly nextAt: number;
  readonly refreshAt: number;
  readonly failures: number;
  readonly failure: Error | undefined;
  readonly warning: string | undefined;
};

const initial: State = {
  keys: undefined,
  fetchedAt: 0,
  nextAt: -Infinity,
  refreshAt: -Infinity,
  failures: 0,
  failure: undefined,
  warning: undefined,
};

/** Fetches nothing until it is asked. */
export const refreshedKeys = ({ fetchKeys, clock, random, warn }: RefreshParts): RefreshedKeys => {
  let state = initial;
  let flight: Promise<void> | undefined;

  const fetching = (): Promise<void> => {
    flight ??= stateAfter(state, fetchKeys, clock.monotonicMs(), random).then((next) => {
      const said = state.warning;
      state = next;
      flight = undefined;
      if (next.warning !== undefined && next.warning !== said) warn(next.warning);
    });
    return flight;
  };

  return {
    current: () => {
      const now = clock.monotonicMs();
      if (state.keys !== undefined && now >= state.refreshAt) void fetching();
      return now - state.fetchedAt < keptMsMax ? state.keys : undefined;
    },
    fetched: () => (flight !== undefined || clock.monotonicMs() >= state.nextAt ? fetching() : undefined),
    failure: () => state.failure,
  };
};

const stateAfter = async (before: State, fetchKeys: FetchKeys, now: number, random: () => number): Promise<State> => {
  try {
    const { keys, maxAgeMs = refreshEveryMsMax, warning } = await fetchKeys();
    const nextAt = now + fetchEveryMsMin;
    const refreshAt = Math.max(nextAt, now + Math.min(maxAgeMs, refreshEveryMsMax));
    return { keys, fetchedAt: now, nextAt, refreshAt, failures: 0, failure: undefined, warning };
  } catch (cause) {
    const failure = errorOf(cause);
    const failures = before.failures + 1;
    const nextAt = now + backOffMs(failures) * (1 + jitterMax * random());
    const warning = `the keys cannot be fetched: ${reasonOf(failure)}`;
    return { ...before, nextAt, refreshAt: nextAt, failures, failure, warning };
  }
};

const backOffMs = (failures: number): number =>
  Math.min(fetchEveryMsMin * 2 ** Math.min(failures - 1, 10), backOffMsMax);

/** A connection that failed at each of a host's addresses has a code and no message. */
export const reasonOf = (failure: Error): string => {
  const { message, name, code = name } = failure as NodeJS.ErrnoException;
  return message === '' ? code : message;
};
