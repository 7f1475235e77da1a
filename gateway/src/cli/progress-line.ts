/** One line on a terminal that is written over and over; nothing elsewhere. */
export type ProgressLine = {
  /** `part` of the whole, 0 to 1. */
  readonly show: (rows: number, part: number) => void;
  readonly clear: () => void;
};

const pauseMs = 100;

export const progressLine = (
  stream: Pick<NodeJS.WriteStream, 'isTTY' | 'write'>,
  nowMs: () => number = () => performance.now(),
): ProgressLine => {
  const startedMs = nowMs();
  let shownMs = -Infinity;
  let isShown = false;
  return {
    show: (rows, part) => {
      const now = nowMs();
      if (!stream.isTTY || now - shownMs < pauseMs) return;
      shownMs = now;
      isShown = true;
      const perSecond = Math.round((rows * 1_000) / Math.max(1, now - startedMs));
      const percent = Math.floor(Math.min(1, part) * 100);
      stream.write(
        `\r\u001B[K${rows.toLocaleString('en')} rows, ${percent} %, ${perSecond.toLocaleString('en')} rows/s`,
      );
    },
    clear: () => {
      if (isShown) stream.write('\r\u001B[K');
      isShown = false;
    },
  };
};
