import type { ContentEffects } from '../content/content-effects.ts';
import type { ImportContent } from '../content/import/import-content.ts';
import type { ContentOperations, DiscardAnswer, EffectsAnswer, RetryAnswer } from './content-asked.ts';

type Parts = {
  readonly effects: Pick<ContentEffects, 'list' | 'retry' | 'discard'>;
  readonly importContent: ImportContent;
};

/** What an operator does about content beside the requests. */
export const contentOperations = ({ effects, importContent }: Parts): ContentOperations => ({
  effects: async () => listed(effects),
  retryEffect: ({ id }) => retried(effects, id),
  discardEffect: ({ id }) => discarded(effects, id),
  importContent: async (asked) => ({ kind: 'answer', verdicts: await importContent(asked) }),
});

const listed = (effects: Parts['effects']): EffectsAnswer => ({
  kind: 'answer',
  effects: effects.list().map(({ item, state, attempts, why }) => ({
    id: item.id,
    kind: item.kind,
    object: item.object,
    accountId: item.accountId,
    actor: item.actor.subject,
    requestId: item.requestId,
    at: item.at,
    state,
    attempts,
    ...(why === undefined ? {} : { why }),
  })),
});

const unknownText = (id: string): string =>
  `There is no effect "${id}"; it may be done. gatehouse effects list shows all.`;

const retried = async ({ list, retry }: Parts['effects'], id: string): Promise<RetryAnswer> => {
  if (!list().some(({ item }) => item.id === id)) return { kind: 'refused', message: unknownText(id) };
  const submitted = await retry(id);
  if (submitted === undefined) {
    return { kind: 'refused', message: 'Something of the same object stands before it and has to be done first.' };
  }
  switch (submitted.kind) {
    case 'done':
      return submitted.outcome.kind === 'already-registered'
        ? { kind: 'answer', outcome: 'dropped', message: 'The object belongs to another account.' }
        : { kind: 'answer', outcome: 'done' };
    case 'blocked':
      return { kind: 'answer', outcome: 'blocked', message: submitted.why };
    case 'waiting':
      return { kind: 'answer', outcome: 'waiting', message: submitted.cause.message };
  }
};

const discarded = async ({ discard }: Parts['effects'], id: string): Promise<DiscardAnswer> => {
  const answer = await discard(id);
  switch (answer.kind) {
    case 'discarded':
      return { kind: 'answer' };
    case 'not-found':
      return { kind: 'refused', message: unknownText(id) };
    case 'running':
      return { kind: 'refused', message: 'It is being recorded at this moment.' };
  }
};
