import { describe, expect, it } from 'vitest';
import { andThen } from './awaitable.ts';
import type { Awaitable } from '../engine/engine.ts';

const fail = (): never => {
  throw new Error('broken');
};
const reject = (): Promise<never> => Promise.reject(new Error('broken'));
const failed = (cause: unknown): string => `failed: ${(cause as Error).message}`;

describe('andThen', () => {
  it('answers in the same turn when there is nothing to wait for', () => {
    expect(andThen(1, (value) => value + 1)).toBe(2);
    expect(
      andThen(
        1,
        (value) => String(value),
        () => 'failed',
      ),
    ).toBe('1');
  });

  it('waits for a value, and for what comes of it', async () => {
    expect(await andThen(Promise.resolve(1), (value) => Promise.resolve(value + 1))).toBe(2);
  });

  const breaking: readonly [what: string, value: () => Awaitable<number>, next: () => Awaitable<string>][] = [
    ['a value that rejects', reject, () => 'unheard'],
    ['a next that throws', () => 1, fail],
    ['a next that rejects', () => 1, reject],
    ['a next that throws later', () => Promise.resolve(1), fail],
    ['a next that rejects later', () => Promise.resolve(1), reject],
  ];
  it.each(breaking)('answers for %s by failed', async (_what, value, next) => {
    expect(await andThen(value(), next, failed)).toBe('failed: broken');
  });
  it.each(breaking)('lets %s through where nobody answers for it', async (_what, value, next) => {
    await expect(async () => andThen(value(), next)).rejects.toThrow('broken');
  });
});
