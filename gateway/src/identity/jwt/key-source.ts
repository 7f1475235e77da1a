import type { Awaitable } from '@gatehouse/policies/engine/engine';
import type { Algorithm } from './issuer.ts';
import type { VerificationKey } from './key-set.ts';
import { reasonOf, refreshedKeys } from './refreshed-keys.ts';
import type { RefreshParts } from './refreshed-keys.ts';

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

/**
 * Fetches keys when the first token asks for one, then again every ten minutes (sooner if the answer's Cache-Control
 * says so) while tokens are shown, and at once for a key it does not know; at most once a minute, and one fetch at a
 * time. After failures the pause grows from one minute to five.
 */
export const keySource = ({ name, warn, ...parts }: RefreshParts & { readonly name: string }): KeySource => {
  const keys = refreshedKeys({ ...parts, warn: (text) => warn(`jwt:${name}: ${text}`) });

  /** What is known now is all that can be known for a while. */
  const settled = (algorithm: Algorithm, keyId: string | undefined): VerificationKey | undefined => {
    const known = keys.current();
    const key = known?.find(algorithm, keyId);
    const failure = keys.failure();
    if (key !== undefined || (known !== undefined && failure === undefined)) return key;
    const why = failure === undefined ? 'they were fetched too long ago' : reasonOf(failure);
    throw new KeysUnavailable(`the keys of jwt:${name} cannot be had: ${why}`, { cause: failure });
  };

  return {
    find: (algorithm, keyId) =>
      keys.current()?.find(algorithm, keyId) ??
      (keys.fetched() ?? Promise.resolve()).then(() => settled(algorithm, keyId)),
    holds: (id) => keys.current()?.has(id) === true,
  };
};
