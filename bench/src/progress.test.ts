import { describe, expect, it } from 'vitest';
import { progressOn } from './progress.ts';

const terminal = (isTTY: boolean) => {
  const written: string[] = [];
  const stream = {
    isTTY,
    write: (text: string) => written.push(text.replace('\r\u001B[2K', '')),
  } as unknown as NodeJS.WriteStream;
  return { stream, written };
};

describe('progressOn', () => {
  it('says where the run is and how long it will still take', () => {
    const { stream, written } = terminal(true);
    let now = 0;
    const progress = progressOn(stream, () => now);
    progress.starting('dispatch');
    progress.measuring({ round: 0, connections: 1, system: 'dispatch' }, 0, 30);
    now = 6_000;
    progress.measuring({ round: 1, connections: 64, system: 'request' }, 1, 30);
    expect(written).toEqual([
      'starting dispatch',
      '1/30 · round 1 · 1 connections · dispatch',
      '2/30 · round 2 · 64 connections · request · 2:54 left',
    ]);
  });

  it('is silent where nobody watches', () => {
    const { stream, written } = terminal(false);
    progressOn(stream).starting('dispatch');
    expect(written).toEqual([]);
  });
});
