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

/** Asks the running server over its control socket; without one, opens the data folder under its lock. */
export const connected = async (
  environment: Environment,
  json: boolean,
  command: (operations: Operations) => Promise<ExitCode>,
): Promise<ExitCode> => {
  const read = readConfig(environment);
  if (read.kind === 'refused') return sayRefused(read.problems.join('\n'), json);
  const socketPath = join(resolve(read.config.GATEHOUSE_DATA), 'control.sock');
  try {
    if (await isServed(socketPath)) return await command(socketClient(socketPath));
    return await withoutServer(read.config, command);
  } catch (error) {
    if (error instanceof StartRefused) return sayRefused(error.message, json);
    throw error;
  }
};

const withoutServer = async (
  config: Config,
  command: (operations: Operations) => Promise<ExitCode>,
): Promise<ExitCode> => {
  const path = resolve(config.GATEHOUSE_DATA);
  // Asking a question must not leave a database behind.
  if (!existsSync(join(path, 'pg'))) {
    throw new StartRefused(`There is no data in ${path}. Start the gateway once, or set GATEHOUSE_DATA to its folder.`);
  }
  const taken = openDataFolder(path);
  if (taken.kind !== 'open') throw new StartRefused(taken.message);
  try {
    const { openInstallation } = await import('../installation.ts');
    const { database, operations } = await openInstallation({ config, folder: taken.folder });
    try {
      return await command(operations);
    } finally {
      await database.close();
    }
  } finally {
    taken.folder.release();
  }
};
