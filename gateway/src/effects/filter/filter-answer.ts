import { errorOf } from '../../error-of.ts';
import type { Awaitable, Decision, Ref } from '@gatehouse/policies/engine/engine';
import { andThen } from '@gatehouse/policies/routes/awaitable';
import type { Filter } from '@gatehouse/policies/routes/rule';
import type { Params } from '@gatehouse/policies/routes/table';
import { keepElements } from './keep-elements.ts';
import { readList } from './read-list.ts';
import type { List } from './read-list.ts';

/**
 * `body` is the answer with the elements that the caller may see. `unfilterable`: nothing of the answer may be passed on;
 * `detail` is for whoever runs the application and never quotes the answer. `unavailable`: it could not be decided.
 */
export type Filtered =
  | { readonly kind: 'filtered'; readonly body: Buffer; readonly kept: number; readonly total: number }
  | { readonly kind: 'unfilterable'; readonly detail: string }
  | { readonly kind: 'unavailable'; readonly cause: Error };

/** Asks the rule's permission about every object; answers in their order. May throw or reject. */
export type May = (objects: readonly Ref[]) => Awaitable<readonly Decision[]>;

/**
 * Takes out of a JSON answer the list elements that the caller may not see. Everything is asked in one batch, an object
 * that several elements name only once. What is kept is copied byte for byte, as is everything outside the list; an
 * answer of which everything is kept is the same buffer.
 *
 * Never a list that is shorter for a reason the caller cannot know: one element whose id cannot be made, or one question
 * that failed, refuses the whole answer. Never throws and never rejects; answers without a promise when `may` does.
 */
export const filterAnswer = (body: Buffer, filter: Filter, params: Params, may: May): Awaitable<Filtered> => {
  const list = readList(body, filter, params);
  if (list.kind === 'refused') return { kind: 'unfilterable', detail: list.detail };
  const total = list.elements.length;
  if (total === 0) return { kind: 'filtered', body, kept: 0, total };
  const ask = (): Awaitable<Filtered> => andThen(may(list.objects), (decisions) => decided(body, list, decisions));
  return andThen<undefined, Filtered>(undefined, ask, (cause) => ({
    kind: 'unavailable',
    cause: errorOf(cause),
  }));
};

const decided = (body: Buffer, { elements, objects }: List, decisions: readonly Decision[]): Filtered => {
  if (decisions.length !== objects.length) throw new Error('the engine did not answer every question');
  const allowed = decisions.map(isAllowed);
  const isKept = elements.map(({ object }) => allowed[object] === true);
  const kept = isKept.filter(Boolean).length;
  return { kind: 'filtered', body: keepElements(body, elements, isKept), kept, total: elements.length };
};

/** Throws for a decision that is none. */
const isAllowed = (decision: Decision): boolean => {
  switch (decision.verdict) {
    case 'allowed':
      return true;
    case 'denied':
      return false;
    case 'failed':
      throw new Error(`${decision.code}: ${decision.message}`);
  }
};
