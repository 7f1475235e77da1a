import type { CheckAsked } from '../operations/operations.ts';
import { connected } from './connect.ts';
import type { Environment } from './environment.ts';
import { exitCodes } from './exit-codes.ts';
import type { ExitCode } from './exit-codes.ts';
import { printQuestion, sayRefused } from './print.ts';

/** `gatehouse check`: allowed is 0, denied is 1, no answer is 2. */
export const checkCommand = async (environment: Environment, asked: CheckAsked, json: boolean): Promise<ExitCode> =>
  connected(environment, json, async ({ check }) => {
    const answer = await check(asked);
    if (answer.kind === 'refused') return sayRefused(answer.message, json);
    if (json) console.log(JSON.stringify(answer.question));
    else printQuestion(answer.question);
    switch (answer.question.answer) {
      case 'allowed':
        return exitCodes.yes;
      case 'denied':
        return exitCodes.no;
      case 'failed':
        return exitCodes.unable;
    }
  });
