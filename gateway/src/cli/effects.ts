import type { PendingEffect } from '../operations/content-asked.ts';
import { connected } from './connect.ts';
import type { Environment } from './environment.ts';
import { exitCodes } from './exit-codes.ts';
import type { ExitCode } from './exit-codes.ts';
import { sayRefused } from './print.ts';
import { style } from './style.ts';

/** `gatehouse effects list`: what applications have done and the registry has yet to show. */
export const effectsListCommand = (environment: Environment, json: boolean): Promise<ExitCode> =>
  connected(environment, json, async ({ effects }) => {
    const answer = await effects();
    if (answer.kind === 'refused') return sayRefused(answer.message, json);
    if (answer.effects.length === 0 && !json) console.log('Nothing waits: everything is recorded.');
    for (const effect of answer.effects) console.log(json ? JSON.stringify(effect) : effectText(effect));
    return exitCodes.yes;
  });

const states = {
  running: style.quiet('running'),
  waiting: style.warn('waiting'),
  blocked: style.bad('blocked'),
} as const;

const effectText = ({
  id,
  kind,
  object,
  accountId,
  actor,
  requestId,
  at,
  state,
  attempts,
  why,
}: PendingEffect): string =>
  [
    `${id}  ${states[state]}  ${kind} ${object}`,
    style.quiet(`    since ${at} by ${actor} for ${accountId}, ${requestId}; ${attempts} attempts`),
    ...(why === undefined ? [] : [`    ${why}`]),
  ].join('\n');

/** `gatehouse effects retry`: 1 when it still could not be recorded. */
export const effectsRetryCommand = (environment: Environment, id: string, json: boolean): Promise<ExitCode> =>
  connected(environment, json, async ({ retryEffect }) => {
    const answer = await retryEffect({ id });
    if (answer.kind === 'refused') return sayRefused(answer.message, json);
    if (json) console.log(JSON.stringify({ outcome: answer.outcome, message: answer.message }));
    else console.log(`${outcomes[answer.outcome]}${answer.message === undefined ? '' : `: ${answer.message}`}`);
    return answer.outcome === 'done' ? exitCodes.yes : exitCodes.no;
  });

const outcomes = {
  done: 'Recorded.',
  dropped: 'Dropped',
  blocked: 'Refused again',
  waiting: 'Still not recorded, it is tried again',
} as const;

/** `gatehouse effects discard`: it will never be recorded. */
export const effectsDiscardCommand = (environment: Environment, id: string, json: boolean): Promise<ExitCode> =>
  connected(environment, json, async ({ discardEffect }) => {
    const answer = await discardEffect({ id });
    if (answer.kind === 'refused') return sayRefused(answer.message, json);
    if (json) console.log(JSON.stringify({ outcome: 'discarded' }));
    else console.log('Discarded. It stands in the audit chain of its account.');
    return exitCodes.yes;
  });
