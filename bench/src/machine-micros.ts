import { cpus } from 'node:os';

/** Time that all cores together have been busy with anything, in microseconds. */
export const machineMicros = (): number =>
  cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0) * 1_000;
