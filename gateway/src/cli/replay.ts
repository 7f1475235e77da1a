import type { ReplayAsked, ReplayTold } from '../operations/operations.ts';
import { readCandidate } from '../replay/candidate.ts';
import { recordsInLog } from '../replay/newest-records.ts';
import type { RecordedRequest } from '../replay/replay-record.ts';
import { connected } from './connect.ts';
import type { Environment } from './environment.ts';
import { exitCodes } from './exit-codes.ts';
import type { ExitCode } from './exit-codes.ts';
import { sayRefused } from './print.ts';
import { printReplay } from './print-replay.ts';
import { errorStyle } from './style.ts';

const limitMax = 10_000;

type Given = { readonly path: string; readonly limit: string; readonly log: string | undefined };

/** `gatehouse replay`: 0 when nothing would be decided otherwise, 1 for a difference or a candidate that does not load, 2 without an answer. */
export const replayCommand = async (environment: Environment, given: Given, json: boolean): Promise<ExitCode> => {
  const limit = /^\d{1,5}$/.test(given.limit) ? Number(given.limit) : 0;
  if (limit < 1 || limit > limitMax) return sayRefused(`--limit is a whole number from 1 to ${limitMax}.`, json);
  const read = await readCandidate(given.path);
  if (read.kind === 'absent') return sayRefused(read.message, json);
  if (read.kind === 'unusable') return sayUnusable(given.path, read.problems, json);
  const records = given.log === undefined ? undefined : await recordsGiven(given.log, limit);
  if (typeof records === 'string') return sayRefused(records, json);
  const asked: ReplayAsked = { candidate: read.candidate, limit, ...(records === undefined ? {} : { records }) };
  return connected(environment, json, async ({ replay }) =>
    sayOutcome(await outcomeOf(replay(asked)), given.path, json),
  );
};

/** The records, or why there are none. */
const recordsGiven = async (log: string, limit: number): Promise<readonly RecordedRequest[] | string> => {
  try {
    const records = await recordsInLog(log, limit);
    return records.length > 0 ? records : `${log} holds no record.`;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return `${log} cannot be read (${code ?? message})`;
  }
};

type Outcome = Exclude<ReplayTold, { kind: 'progress' }>;

/** Shows how far it is, where somebody watches. */
const outcomeOf = async (told: AsyncIterable<ReplayTold>): Promise<Outcome> => {
  const isWatched = process.stderr.isTTY;
  let outcome: Outcome = { kind: 'refused', message: 'The gateway ended before it had answered.' };
  for await (const one of told) {
    if (one.kind !== 'progress') outcome = one;
    else if (isWatched) process.stderr.write(`\r${one.done} of ${one.total} decided again`);
  }
  if (isWatched) process.stderr.write('\r\u001b[K');
  return outcome;
};

const sayOutcome = (outcome: Outcome, path: string, json: boolean): ExitCode => {
  switch (outcome.kind) {
    case 'refused':
      return sayRefused(outcome.message, json);
    case 'unusable':
      return sayUnusable(path, outcome.problems, json);
    case 'answer':
      if (json) console.log(JSON.stringify(outcome.summary));
      else printReplay(outcome.summary);
      return outcome.summary.differing === 0 ? exitCodes.yes : exitCodes.no;
  }
};

const sayUnusable = (path: string, problems: readonly string[], json: boolean): ExitCode => {
  if (json) console.log(JSON.stringify({ problems }));
  else console.error(errorStyle.bad([`${path} does not load:`, ...problems.map((one) => `  ${one}`)].join('\n')));
  return exitCodes.no;
};
