import type { Awaitable } from '../engine/engine.ts';

/**
 * `then` without a promise when there is none to wait for: an embedded engine answers in the same turn. `failed` answers
 * for a value that rejects, and for a `next` that throws or rejects; without it they stay what they are.
 */
export const andThen = <Value, Result>(
  value: Awaitable<Value>,
  next: (value: Value) => Awaitable<Result>,
  failed?: (cause: unknown) => Result,
): Awaitable<Result> => {
  if (failed === undefined) return value instanceof Promise ? value.then(next) : next(value);
  if (value instanceof Promise) return value.then(next).catch(failed);
  try {
    const result = next(value);
    return result instanceof Promise ? result.catch(failed) : result;
  } catch (cause) {
    return failed(cause);
  }
};

/** Steps over the items in order until `isDone`; waits only where a step does. */
export const foldUntil = <Item, State>(
  items: readonly Item[],
  initial: State,
  step: (state: State, item: Item) => Awaitable<State>,
  isDone: (state: State) => boolean,
): Awaitable<State> => {
  let state = initial;
  for (const [index, item] of items.entries()) {
    if (isDone(state)) return state;
    const next = step(state, item);
    if (next instanceof Promise)
      return next.then((settled) => foldUntil(items.slice(index + 1), settled, step, isDone));
    state = next;
  }
  return state;
};
