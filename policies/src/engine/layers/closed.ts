import { andThen } from '../../routes/awaitable.ts';
import type { Awaitable, Decision, Engine, Query, Ref } from '../engine.ts';

const closed: Decision = { verdict: 'denied', revision: '0' };

/** Denies whatever is asked about an object that is closed, whatever its tuples say: they are about to go. */
export const denyingClosed = (next: Engine, isClosed: (object: Ref) => boolean): Engine => ({
  check: (query) => (isClosed(query.object) ? closed : next.check(query)),
  checkMany: (queries) =>
    queries.some(({ object }) => isClosed(object)) ? someClosed(next, queries, isClosed) : next.checkMany(queries),
  explain: (query) => (isClosed(query.object) ? { decision: closed, path: [], excludedBy: [] } : next.explain(query)),
  read: (filter) => next.read(filter),
  write: (change) => next.write(change),
});

const someClosed = (
  next: Engine,
  queries: readonly Query[],
  isClosed: (object: Ref) => boolean,
): Awaitable<readonly Decision[]> => {
  const open = queries.filter(({ object }) => !isClosed(object));
  return andThen(next.checkMany(open), (decisions) => {
    const answers = decisions.values();
    return queries.map(({ object }) => (isClosed(object) ? closed : (answers.next().value ?? closed)));
  });
};
