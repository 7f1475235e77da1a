import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readConfig } from '../config/config.ts';
import type { Config } from '../config/config.ts';
import { openDataFolder } from '../data-folder.ts';
import { isServed, socketClient } from '../operations/socket-client.ts';
import type { Operations } from '../operations/operations.ts';
import { StartRefused } from '../start-refused.ts';
import type { Environment } from './environment.ts';
import type { ExitCode } from './exit-codes.ts';
import { sayRefused } from './print.ts';

type OperationsCommand = (operations: Operations) => Promise<ExitCode>;

/** Asks the running server over its control socket; without one, opens the data folder under its lock. */
export const connected = (environment: Environment, json: boolean, command: OperationsCommand): Promise<ExitCode> =>
  onSocket(environment, json, command, (config) => withoutServer(config, command));

/** For what only a running server can do. */
export const connectedToServer = (
  environment: Environment,
  json: boolean,
  command: OperationsCommand,
): Promise<ExitCode> =>
  onSocket(environment, json, command, async (config) => {
    const message = `No gateway runs on the data folder ${resolve(config.GATEHOUSE_DATA)}; a start reads the files anyway.`;
    return sayRefused(message, json);
  });

const onSocket = async (
  environment: Environment,
  json: boolean,
  command: OperationsCommand,
  otherwise: (config: Config) => Promise<ExitCode>,
): Promise<ExitCode> => {
  const read = readConfig(environment);
  if (read.kind === 'refused') return sayRefused(read.problems.join('\n'), json);
  const socketPath = join(resolve(read.config.GATEHOUSE_DATA), 'control.sock');
  try {
    if (await isServed(socketPath)) return await command(socketClient(socketPath));
    return await otherwise(read.config);
  } catch (error) {
    if (error instanceof StartRefused) return sayRefused(error.message, json);
    throw error;
  }
};

const withoutServer = async (config: Config, command: OperationsCommand): Promise<ExitCode> => {
  const path = resolve(config.GATEHOUSE_DATA);
  // Asking a question must not leave a database behind.
  if (!existsSync(join(path, 'pg'))) {
    throw new StartRefused(`There is no data in ${path}. Start the gateway once, or set GATEHOUSE_DATA to its folder.`);
  }
  const taken = openDataFolder(path);
  if (taken.kind !== 'open') throw new StartRefused(taken.message);
  try {
    const { openInstallation } = await import('../installation.ts');
    const { database, content, operations } = await openInstallation({ config, folder: taken.folder });
    try {
      return await command(operations);
    } finally {
      await content.close();
      await database.close();
    }
  } finally {
    taken.folder.release();
  }
};
