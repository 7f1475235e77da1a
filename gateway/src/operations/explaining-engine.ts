import type { Engine, Explanation, Query } from '@gatehouse/policies/engine/engine';
import { tupleText } from '@gatehouse/policies/engine/tuple-text';
import { andThen } from '@gatehouse/policies/routes/awaitable';

/** An answer with the way that led to it, and how long it took. */
export type Told = Explanation & { readonly tookMs: number };

type Question = Pick<Query, 'subject' | 'relation' | 'object'>;

export type ExplainingEngine = {
  readonly engine: Engine;
  /** What was answered to a question that was asked; undefined when it was not. */
  readonly told: (question: Question) => Told | undefined;
};

/**
 * An engine that explains whatever it is asked and remembers it. Each question is asked once, so that the answer that is
 * shown is the one that decided, and never from a cache. For the questions of one person; it is thrown away afterwards.
 */
export const explainingEngine = (next: Engine): ExplainingEngine => {
  const known = new Map<string, Told>();
  const explain: Engine['explain'] = (query) => {
    const key = tupleText(query);
    const before = known.get(key);
    if (before !== undefined) return before;
    const startedAt = performance.now();
    return andThen(next.explain({ ...query, consistency: 'fresh' }), (explanation) => {
      const told = { ...explanation, tookMs: performance.now() - startedAt };
      known.set(key, told);
      return told;
    });
  };
  const check: Engine['check'] = (query) => andThen(explain(query), ({ decision }) => decision);
  return {
    engine: {
      ...next,
      explain,
      check,
      checkMany: (queries) => Promise.all(queries.map(async (query) => check(query))),
    },
    told: (question) => known.get(tupleText(question)),
  };
};
