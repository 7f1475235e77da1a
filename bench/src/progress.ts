import type { Progress } from './bench.ts';

/** One line on a terminal that is written over; silent anywhere else. */
export const progressOn = (
  stream: NodeJS.WriteStream,
  now: () => number = Date.now,
): Progress & { readonly clear: () => void } => {
  const show = (text: string) => {
    if (stream.isTTY) stream.write(`\r\u001B[2K${text}`);
  };
  let startedAt: number | null = null;
  return {
    starting: (system) => show(`starting ${system}`),
    warming: (system) => show(`warming up ${system}`),
    measuring: ({ round, connections, system }, done, total) => {
      startedAt ??= now();
      const left = done === 0 ? '' : ` · ${clock(((now() - startedAt) / done) * (total - done))} left`;
      show(`${done + 1}/${total} · round ${round + 1} · ${connections} connections · ${system}${left}`);
    },
    clear: () => show(''),
  };
};

const clock = (ms: number): string => {
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
};
