import type { Command } from 'commander';
import type { Environment } from './environment.ts';
import type { ExitCode } from './exit-codes.ts';

type Parts = {
  readonly run: <Arguments extends unknown[]>(
    command: (...given: Arguments) => Promise<ExitCode>,
  ) => (...given: Arguments) => Promise<void>;
  readonly environment: Environment;
};

type ImportFlags = { format?: string; dryRun?: boolean; report?: string; json?: boolean };

/** `gatehouse import …` and `gatehouse effects …`. */
export const contentCommands = (gatehouse: Command, parts: Parts): void => {
  importCommand(gatehouse, parts);
  effectsCommands(gatehouse, parts);
};

const importCommand = (gatehouse: Command, { run, environment }: Parts): void => {
  gatehouse
    .command('import')
    .description('take over what existed before')
    .command('content')
    .description('register content of applications; run again, it goes on where it ended')
    .argument(
      '<file>',
      'JSON Lines or CSV with app, kind, id, account and, optional, title, private, workspace, created_by',
    )
    .option('--format <format>', 'jsonl or csv; default: by the name of the file')
    .option('--dry-run', 'say what would become of each row, write nothing')
    .option('--report <file>', 'write the verdict on each row there, as JSON Lines')
    .option('--json', 'print the counts for machines')
    .addHelpText('after', '\nExit code 1: the file or at least one row was refused.')
    .action(
      run(async (file: string, { format, dryRun, report, json }: ImportFlags) =>
        (await import('./import.ts')).importContentCommand(environment, file, {
          format,
          dryRun: dryRun === true,
          report,
          json: json === true,
        }),
      ),
    );
};

const effectsCommands = (gatehouse: Command, { run, environment }: Parts): void => {
  const effects = gatehouse
    .command('effects')
    .description('what applications have made or deleted and could not be recorded yet');
  effects
    .command('list')
    .description('show what waits, in the order in which it will be recorded')
    .option('--json', 'print one JSON object a line')
    .action(
      run(async ({ json }: { json?: boolean }) =>
        (await import('./effects.ts')).effectsListCommand(environment, json === true),
      ),
    );
  effects
    .command('retry')
    .description('try to record it now')
    .argument('<id>', 'eff_…')
    .option('--json', 'print the outcome for machines')
    .action(
      run(async (id: string, { json }: { json?: boolean }) =>
        (await import('./effects.ts')).effectsRetryCommand(environment, id, json === true),
      ),
    );
  effects
    .command('discard')
    .description('never record it; an object that was to be forgotten is open again')
    .argument('<id>', 'eff_…')
    .option('--json', 'print the outcome for machines')
    .action(
      run(async (id: string, { json }: { json?: boolean }) =>
        (await import('./effects.ts')).effectsDiscardCommand(environment, id, json === true),
      ),
    );
};
