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
  const running = await serve(read.config, (line) => console.log(line)).catch((error: unknown) => {
    if (error instanceof StartRefused) return error;
    throw error;
  });
  if (running instanceof StartRefused) {
    console.error(errorStyle.bad(running.message));
    return exitCodes.unable;
  }
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
const stopSignals = (): { readonly raised: Promise<'signal'>; readonly isRaised: () => boolean } => {
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
  return { raised: promise, isRaised: () => isRaised };
};
