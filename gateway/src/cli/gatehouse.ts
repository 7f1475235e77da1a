import { Command, CommanderError } from 'commander';
import { StartRefused } from '../start-refused.ts';
import { version } from '../version.ts';
import { contentCommands } from './content-commands.ts';
import type { Environment } from './environment.ts';
import { exitCodes } from './exit-codes.ts';
import type { ExitCode } from './exit-codes.ts';

/** Runs one command line; resolves with its exit code. Each command loads only its own parts. */
export const main = async (words: readonly string[], environment: Environment): Promise<ExitCode> => {
  let code: ExitCode = exitCodes.yes;
  const run =
    <Arguments extends unknown[]>(command: (...given: Arguments) => Promise<ExitCode>) =>
    async (...given: Arguments): Promise<void> => {
      code = await command(...given);
    };
  try {
    await program({ run, environment, variables: await serveHelp(words) }).parseAsync(words, { from: 'user' });
  } catch (error) {
    code = exitCodeOf(error);
  }
  return code;
};

/** commander has printed its own; anything else that was not foreseen is shown whole, to be reported. */
const exitCodeOf = (error: unknown): ExitCode => {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.yes : exitCodes.unable;
  console.error(error instanceof StartRefused ? error.message : error);
  return exitCodes.unable;
};

type Run = <Arguments extends unknown[]>(
  command: (...given: Arguments) => Promise<ExitCode>,
) => (...given: Arguments) => Promise<void>;

type Parts = { readonly run: Run; readonly environment: Environment; readonly variables: string };

type Options = {
  json?: boolean;
  as?: string;
  account?: string;
  credential?: string;
  limit?: string;
  log?: string;
  refused?: boolean;
};

/** The table of variables costs loading the schema: only who starts the gateway, or asks how, pays for it. */
const serveHelp = async (words: readonly string[]): Promise<string> =>
  words.includes('serve') ? (await import('../config/help.ts')).variablesHelp() : '';

const program = (parts: Parts): Command => {
  const gatehouse = new Command('gatehouse')
    .description('An authorization gateway for teams that run applications for organizations.')
    .version(version)
    .exitOverride()
    .showHelpAfterError('(--help shows how)')
    .addHelpText(
      'after',
      '\nExit codes: 0 yes or done, 1 no (denied, tests failed, files refused), 2 unable (usage, no server, no answer).',
    );
  serveCommand(gatehouse, parts);
  questionCommands(gatehouse, parts);
  decisionsCommand(gatehouse, parts);
  replayCommand(gatehouse, parts);
  fileCommands(gatehouse, parts);
  contentCommands(gatehouse, parts);
  return gatehouse;
};

const serveCommand = (gatehouse: Command, { run, environment, variables }: Parts): void => {
  gatehouse
    .command('serve')
    .description('start the gateway; configured by environment variables')
    .addHelpText('after', variables)
    .action(run(async () => (await import('./serve.ts')).serveCommand(environment)));
};

const questionCommands = (gatehouse: Command, { run, environment }: Parts): void => {
  gatehouse
    .command('check')
    .description('ask one question: may SUBJECT do RELATION on OBJECT?')
    .argument('<subject>', 'user name, e-mail or user:ID')
    .argument('<relation>', 'a permission, e.g. can_view')
    .argument('<object>', 'e.g. content:quantum.algorithm/qft or organization:acme')
    .option('--json', 'print the answer for machines')
    .addHelpText('after', '\nExample: gatehouse check olga can_delete content:quantum.algorithm/qft')
    .action(
      run(async (subject: string, relation: string, object: string, options: Options) =>
        (await import('./check.ts')).checkCommand(environment, { subject, relation, object }, options.json === true),
      ),
    );
  gatehouse
    .command('explain')
    .description('show what the gateway would answer to a request, and why')
    .argument('<method>', 'GET, POST, …')
    .argument('<url>', 'full URL, or a path')
    .option('--as <user>', 'user name, e-mail or id of the caller; nobody when absent')
    .option('--account <account>', 'acting account, as in the header Gatehouse-Account')
    .option('--credential <kind>', 'what the caller comes with: token (default), session or jwt:NAME')
    .option('--json', 'print the answer for machines')
    .addHelpText('after', '\nExample: gatehouse explain DELETE /algorithms/qft --as max')
    .action(
      run(async (method: string, url: string, options: Options) =>
        (await import('./explain.ts')).explainCommand(
          environment,
          { method, url, as: options.as, account: options.account, credential: options.credential },
          options.json === true,
        ),
      ),
    );
};

const decisionsCommand = (gatehouse: Command, { run, environment }: Parts): void => {
  gatehouse
    .command('decisions')
    .description('show what the running gateway decided last, newest first')
    .option('--limit <count>', 'how many, at most 10000', '20')
    .option('--refused', 'only those that let nothing through')
    .option('--json', 'print one JSON object a line')
    .action(
      run(async (options: Options) =>
        (await import('./decisions.ts')).decisionsCommand(
          environment,
          { limit: options.limit ?? '', refused: options.refused === true },
          options.json === true,
        ),
      ),
    );
};

const replayCommand = (gatehouse: Command, { run, environment }: Parts): void => {
  gatehouse
    .command('replay')
    .description('decide recent requests again, by the rules in force and by a candidate: what would differ?')
    .argument('<path>', "a route file, in place of its application's, or a folder of them, in place of all")
    .option('--limit <count>', 'how many of the newest records, at most 10000', '1000')
    .option('--log <file>', 'a decision log, in place of what the gateway keeps')
    .option('--json', 'print the answer for machines')
    .addHelpText('after', '\nExit code 1: a difference, or the candidate does not load.')
    .action(
      run(async (path: string, { limit = '', log, json }: Options) =>
        (await import('./replay.ts')).replayCommand(environment, { path, limit, log }, json === true),
      ),
    );
};

const fileCommands = (gatehouse: Command, { run, environment }: Parts): void => {
  const routes = gatehouse.command('routes').description('work with route policies');
  routes
    .command('reload')
    .description('put the route policies on disk in force in the running gateway, or say why not')
    .option('--json', 'print the outcome for machines')
    .action(
      run(async (options: Options) =>
        (await import('./routes-reload.ts')).routesReloadCommand(environment, options.json === true),
      ),
    );
  routes
    .command('check')
    .description('load the route policies and run their tests, without putting anything live')
    .argument(
      '[path]',
      'policies folder with model/ and routes/, or one route file to put in; default: GATEHOUSE_POLICIES',
    )
    .action(
      run(async (path: string | undefined) =>
        (await import('./routes-check.ts')).routesCheckCommand(environment, path),
      ),
    );
  gatehouse
    .command('model')
    .description('work with the authorization model')
    .command('test')
    .description('run *.fga.yaml files: tuples and assertions beside a model')
    .argument('[patterns...]', 'files or globs; default: the tests of the loaded model')
    .option('--verbose', 'list passing tests as well')
    .action(
      run(async (patterns: string[], options: { verbose?: boolean }) =>
        (await import('./model-test.ts')).modelTestCommand(environment, patterns, options.verbose === true),
      ),
    );
};
