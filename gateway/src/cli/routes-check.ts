import { readConfig } from '../config/config.ts';
import { settingsIn } from '../config/gatehouse-yaml.ts';
import { modelIn, routesIn } from '../load-policies.ts';
import { StartRefused } from '../start-refused.ts';
import type { Environment } from './environment.ts';
import { exitCodes } from './exit-codes.ts';
import type { ExitCode } from './exit-codes.ts';
import { sayRefused } from './print.ts';
import { errorStyle, style } from './style.ts';

/** `gatehouse routes check`: model, route files and their tests, away from any running server. Refused files are 1. */
export const routesCheckCommand = async (environment: Environment, folder: string | undefined): Promise<ExitCode> => {
  const read = readConfig(environment);
  if (read.kind === 'refused') return sayRefused(read.problems.join('\n'), false);
  const policies = folder ?? read.config.GATEHOUSE_POLICIES;
  try {
    const { model } = await modelIn(policies);
    // Which accounts exist is known to an installation only; the server looks them up when it loads the files.
    const jwtIssuers = (await settingsIn(policies)).jwtIssuers.map(({ name }) => name);
    const { table, warnings } = await routesIn(policies, { model, accountId: (slug) => slug, jwtIssuers });
    for (const warning of warnings) console.error(errorStyle.warn(`warning: ${warning}`));
    const { length } = table.rules;
    console.log(style.good(`${length} ${length === 1 ? 'rule is' : 'rules are'} in order, the tests pass.`));
    return exitCodes.yes;
  } catch (error) {
    if (!(error instanceof StartRefused)) throw error;
    console.error(errorStyle.bad(error.message));
    return exitCodes.no;
  }
};
