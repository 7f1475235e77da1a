import type { Registers } from '@gatehouse/policies/routes/rule';
import type { Params } from '@gatehouse/policies/routes/table';
import type { ContentEffects } from '../content/content-effects.ts';
import { answerFields } from './answer-json/answer-fields.ts';
import type { AnswerFields } from './answer-json/answer-fields.ts';
import type { Worked } from './effect.ts';
import { doingOf } from './doer.ts';
import type { Doer } from './doer.ts';

/** Whether id or title stand in the answer. */
export const needsAnswer = ({ id, title = [] }: Registers): boolean =>
  [...id, ...title].some(({ kind }) => kind === 'field');

/** Gives what the application has made to the acting account; in force before the caller learns of it. */
export const registering = async (
  content: Pick<ContentEffects, 'register'>,
  doer: Doer,
  registers: Registers,
  body: Buffer | undefined,
): Promise<Worked> => {
  const { account, rule, params } = doer;
  if (account === undefined) return { kind: 'refuse', reason: 'internal', cause: new Error('no acting account') };
  const fields = fieldsOf(rule.app, registers, params, body);
  if (fields.kind === 'refused') return unregistrable(fields.detail);
  const { contentKind, granting, isPrivate } = registers;
  const { id: externalId, title } = fields;
  const what = { app: rule.app, contentKind, externalId, title, granting, isPrivate };
  const registered = await content.register({ ...doingOf(doer, account), ...what });
  switch (registered.kind) {
    case 'registered':
      return { kind: 'pass' };
    case 'already-registered':
      return {
        kind: 'refuse',
        reason: 'already_registered',
        cause: new Error(`${contentKind}/${externalId} is another account's`),
      };
    case 'malformed':
      return unregistrable(registered.message);
    case 'refused':
      return notRecorded(externalId, new Error(`${registered.id} is blocked: ${registered.message}`));
    case 'pending':
      return notRecorded(externalId, new Error(`${registered.id} waits`, { cause: registered.cause }));
  }
};

const nothing = Buffer.from('{}');

/** An id that the request itself names needs no answer: without one only the title is missing. */
const fieldsOf = (app: string, registers: Registers, params: Params, body: Buffer | undefined): AnswerFields => {
  const isInRequest = registers.id.every(({ kind }) => kind !== 'field');
  if (body === undefined && !isInRequest)
    return { kind: 'refused', detail: 'the answer is longer than 1 MB, compressed, or not said to be JSON' };
  const read = answerFields(body ?? nothing, app, registers, params);
  return read.kind === 'refused' && isInRequest ? answerFields(nothing, app, registers, params) : read;
};

const unregistrable = (detail: string): Worked => ({
  kind: 'refuse',
  reason: 'unregistrable',
  cause: new Error(detail),
});

/** The caller learns the id, to find what was made when it is recorded. */
const notRecorded = (externalId: string, cause: Error): Worked => ({
  kind: 'refuse',
  reason: 'not_recorded',
  detail: `the application has made "${externalId}"`,
  cause,
});
