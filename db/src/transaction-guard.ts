import { AsyncLocalStorage } from 'node:async_hooks';

export type TransactionGuard = {
  /** Throws when the caller runs inside `inside`. */
  readonly assertOutside: () => void;
  readonly inside: <T>(work: () => Promise<T>) => Promise<T>;
};

/**
 * Finds the mistake of using `db` where `tx` is meant. On one connection the query would wait for the end of the
 * transaction that waits for the query; on several it would silently read outside the transaction.
 */
export const transactionGuard = (): TransactionGuard => {
  // What was started inside and outlives the transaction still carries its scope: `open` tells whether it counts.
  const scopes = new AsyncLocalStorage<{ open: boolean }>();
  return {
    assertOutside: () => {
      if (scopes.getStore()?.open === true)
        throw new Error('`db` was used inside a transaction: use the `tx` that the transaction was given');
    },
    inside: (work) => {
      const scope = { open: true };
      return scopes.run(scope, () =>
        work().finally(() => {
          scope.open = false;
        }),
      );
    },
  };
};
