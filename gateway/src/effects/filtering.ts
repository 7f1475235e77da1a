import type { Decision, Engine, Ref } from '@gatehouse/policies/engine/engine';
import type { Filter } from '@gatehouse/policies/routes/rule';
import { scopeAllows } from '@gatehouse/policies/scopes';
import type { Awaitable } from '@gatehouse/policies/engine/engine';
import type { Worked } from './effect.ts';
import { filterAnswer } from './filter/filter-answer.ts';
import type { Doer } from './doer.ts';

const outOfScope: Decision = { verdict: 'denied', revision: '' };

/** Passes on the elements of an answer's list that the caller may see, within the scopes of the caller's token. */
export const filtering = async (
  engine: Pick<Engine, 'checkMany'>,
  { principal, params }: Doer,
  filter: Filter,
  body: Buffer | undefined,
): Promise<Worked> => {
  if (body === undefined) return unfilterable('it is longer than 5 MB, compressed, or not said to be JSON');
  const { relation, type } = filter;
  const may = (objects: readonly Ref[]): Awaitable<readonly Decision[]> =>
    scopeAllows(principal.scopes, relation, type)
      ? engine.checkMany(
          objects.map((object) => ({ subject: principal.subject, relation, object, consistency: 'fast' as const })),
        )
      : objects.map(() => outOfScope);
  const filtered = await filterAnswer(body, filter, params, may);
  switch (filtered.kind) {
    case 'filtered':
      return { kind: 'pass', body: filtered.body };
    case 'unfilterable':
      return unfilterable(filtered.detail);
    case 'unavailable':
      return { kind: 'refuse', reason: 'unable_to_decide', cause: filtered.cause };
  }
};

const unfilterable = (detail: string): Worked => ({ kind: 'refuse', reason: 'unfilterable', cause: new Error(detail) });
