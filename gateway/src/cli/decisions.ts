import type { DecisionRecord } from '../records/record.ts';
import { connected } from './connect.ts';
import type { Environment } from './environment.ts';
import { exitCodes } from './exit-codes.ts';
import type { ExitCode } from './exit-codes.ts';
import { besideText, sayRefused } from './print.ts';
import { style } from './style.ts';

const limitMax = 10_000;

/** `gatehouse decisions`: the ring that the running gateway keeps in memory. */
export const decisionsCommand = async (
  environment: Environment,
  { limit: text, refused }: { readonly limit: string; readonly refused: boolean },
  json: boolean,
): Promise<ExitCode> => {
  const limit = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > limitMax) return sayRefused(`--limit is a whole number from 1 to ${limitMax}.`, json);
  return connected(environment, json, async ({ decisions }) => {
    const answer = await decisions({ limit, refused });
    if (answer.kind === 'refused') return sayRefused(answer.message, json);
    if (answer.decisions.length === 0 && !json) console.log('No request has been decided yet.');
    for (const decision of answer.decisions) console.log(json ? JSON.stringify(decision) : decisionLine(decision));
    return exitCodes.yes;
  });
};

const decisionLine = ({
  time,
  method,
  path,
  status,
  verdict,
  reason,
  asked,
  beside,
  request,
  totalMs,
}: DecisionRecord): string => {
  const paint = verdict === 'allow' ? style.good : style.bad;
  const last = asked.at(-1);
  return [
    `${style.quiet(time.slice(11, 23))} ${paint(`${status} ${reason ?? verdict}`)}  ${method} ${path || '(unreadable path)'}`,
    style.quiet(`             ${request} in ${totalMs} ms${last === undefined ? '' : `; ${last}`}`),
    ...(beside === undefined ? [] : [`             ${besideText(beside)}`]),
  ].join('\n');
};
