import { reloadText } from '../policies/reload-text.ts';
import { connectedToServer } from './connect.ts';
import type { Environment } from './environment.ts';
import { exitCodes } from './exit-codes.ts';
import type { ExitCode } from './exit-codes.ts';
import { sayRefused } from './print.ts';
import { errorStyle, style } from './style.ts';

/** `gatehouse routes reload`: 0 when what is on disk is in force, 1 when it was refused, 2 without a server. */
export const routesReloadCommand = (environment: Environment, json: boolean): Promise<ExitCode> =>
  connectedToServer(environment, json, async ({ reloadRoutes }) => {
    const answer = await reloadRoutes();
    if (answer.kind === 'refused') return sayRefused(answer.message, json);
    const { reloaded } = answer;
    const isRefused = reloaded.kind === 'refused';
    if (json) console.log(JSON.stringify(reloaded));
    else if (isRefused) console.error(errorStyle.bad(reloadText(reloaded)));
    else console.log(style.good(reloadText(reloaded)));
    return isRefused ? exitCodes.no : exitCodes.yes;
  });
