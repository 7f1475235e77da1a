import { closeSync, openSync } from 'node:fs';
import { readConfig } from '../config/config.ts';
import { StartRefused } from '../start-refused.ts';
import { serve } from '../main.ts';
import type { Running } from '../main.ts';
import type { Environment } from './environment.ts';
import { exitCodes } from './exit-codes.ts';
import type { ExitCode } from './exit-codes.ts';
import { errorStyle } from './style.ts';

/** `gatehouse serve`: runs until Ctrl-C, SIGTERM or a failure that it cannot survive. */
export const serveCommand = async (environment: Environment): Promise<ExitCode> => {
  const read = readConfig(environment);
  if (read.kind === 'refused') {
    for (const problem of read.problems) console.error(errorStyle.bad(problem));
    return exitCodes.unable;
  }
  const signalled = stopSignals();
  const hangUps = hangUpSignals(signalled);
  const running = await serve(read.config, (line) => console.log(line)).catch((error: unknown) => {
    if (error instanceof StartRefused) return error;
    throw error;
  });
  if (running instanceof StartRefused) {
    console.error(errorStyle.bad(running.message));
    return exitCodes.unable;
  }
  hangUps.reload(running.reloadPolicies);
  if (!signalled.isRaised()) console.log(running.screen);
  return untilStopped(running, signalled.raised);
};

const untilStopped = async (running: Running, signalled: Promise<'signal'>): Promise<ExitCode> => {
  const end = await Promise.race([running.broken, signalled]);
  if (end instanceof Error) console.error(errorStyle.bad(`The database has died: ${end.message}`));
  const failed = await running.stop();
  for (const failure of failed) console.error(errorStyle.warn(failure));
  return end instanceof Error || failed.length > 0 ? exitCodes.no : exitCodes.yes;
};

/** The first signal drains, also when it comes during the start; the second ends the process where it stands. */
const stopSignals = () => {
  const { promise, resolve } = Promise.withResolvers<'signal'>();
  let isRaised = false;
  const stop = (): void => {
    if (isRaised) process.exit(exitCodes.no);
    isRaised = true;
    console.log('Stopping: what is under way may finish. Ctrl-C again stops at once.');
    resolve('signal');
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return { raised: promise, raise: stop, isRaised: () => isRaised };
};

/** SIGHUP asks for a reload, or tells that the terminal was closed: then it ends the gateway, as it would without us. */
const hangUpSignals = ({ raise, isRaised }: ReturnType<typeof stopSignals>) => {
  const hadTerminal = isTerminalThere();
  let reload = (): void => undefined;
  process.on('SIGHUP', () => {
    if (!hadTerminal || isTerminalThere()) return reload();
    // Nobody reads what is said from here on; a failed write must not keep the rest from being closed.
    for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
    // A shell passes on what the kernel has told already.
    if (!isRaised()) raise();
  });
  return { reload: (given: () => void) => (reload = given) };
};

/** Of this process: it cannot be opened any more once its other end is closed. */
const isTerminalThere = (): boolean => {
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
};
