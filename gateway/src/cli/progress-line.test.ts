import { describe, expect, it } from 'vitest';
import { progressLine } from './progress-line.ts';

const lineOn = (isTTY: boolean) => {
  const written: string[] = [];
  const time = { ms: 0 };
  const stream = { isTTY, write: (text: string) => written.push(text) > 0 };
  return { line: progressLine(stream, () => time.ms), written, time };
};

describe('the progress line', () => {
  it('shows rows, part and speed, at most ten times a second', () => {
    const { line, written, time } = lineOn(true);
    time.ms = 2_000;
    line.show(3_000, 0.25);
    time.ms = 2_050;
    line.show(3_100, 0.26);
    expect(written).toEqual(['\r\u001B[K3,000 rows, 25 %, 1,500 rows/s']);
    line.clear();
    line.clear();
    expect(written.slice(1)).toEqual(['\r\u001B[K']);
  });

  it('is silent where nobody looks', () => {
    const { line, written } = lineOn(false);
    line.show(1, 1);
    line.clear();
    expect(written).toEqual([]);
  });
});
