import { statSync } from 'node:fs';
import { readConfig } from '../config/config.ts';
import type { Config } from '../config/config.ts';
import { settingsIn } from '../config/gatehouse-yaml.ts';
import { modelIn, readRoutes, refusedText, routesIn, tryRoutes } from '../load-policies.ts';
import type { LiveRoutes, RouteOptions } from '../load-policies.ts';
import { readCandidate, withCandidate } from '../replay/candidate.ts';
import { StartRefused } from '../start-refused.ts';
import type { Environment } from './environment.ts';
import { exitCodes } from './exit-codes.ts';
import type { ExitCode } from './exit-codes.ts';
import { sayRefused } from './print.ts';
import { errorStyle, style } from './style.ts';

/** `gatehouse routes check`: model, route files and their tests, away from any running server. Refused files are 1. */
export const routesCheckCommand = async (environment: Environment, path: string | undefined): Promise<ExitCode> => {
  const read = readConfig(environment);
  if (read.kind === 'refused') return sayRefused(read.problems.join('\n'), false);
  try {
    const { table, warnings } = await routesOf(read.config, path);
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

const routesOf = async ({ GATEHOUSE_POLICIES: configured }: Config, path = configured): Promise<LiveRoutes> => {
  const policies = isFile(path) ? configured : path;
  const { model } = await modelIn(policies);
  const jwtIssuers = (await settingsIn(policies)).jwtIssuers.map(({ name }) => name);
  // Which accounts exist is known to an installation only; the server looks them up when it loads the files.
  const options: RouteOptions = { model, accountId: (slug) => slug, jwtIssuers };
  return isFile(path) ? withFile(policies, path, options) : routesIn(policies, options);
};

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

/** One file beside those of the other applications. */
const withFile = async (policies: string, file: string, options: RouteOptions): Promise<LiveRoutes> => {
  const candidate = await readCandidate(file);
  if (candidate.kind !== 'read') throw new StartRefused(refusedText(file, problemsOf(candidate)));
  const others = await readRoutes(policies);
  if (others.kind === 'refused') throw new StartRefused(refusedText(policies, others.problems));
  const tried = await tryRoutes(withCandidate({ sources: others.sources, rules: [] }, candidate.candidate), options);
  if (tried.kind === 'refused') throw new StartRefused(refusedText(file, tried.problems));
  return tried.routes;
};

const problemsOf = (read: Exclude<Awaited<ReturnType<typeof readCandidate>>, { kind: 'read' }>): readonly string[] =>
  read.kind === 'absent' ? [read.message] : read.problems;
