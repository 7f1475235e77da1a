import { describe, expect, it } from 'vitest';
import { firstOf } from './identity.ts';
import type { Identified, Identify } from './identity.ts';

const notMine: Identified = { kind: 'not-mine' };
const invalid: Identified = { kind: 'invalid', reason: 'invalid_credential' };
const other: Identified = { kind: 'invalid', reason: 'credential_not_accepted' };

describe('several resolvers', () => {
  const rows: readonly (readonly [readonly Identified[], Identified, number])[] = [
    [[], notMine, 0],
    [[invalid], invalid, 1],
    [[notMine, invalid], invalid, 2],
    [[invalid, other], invalid, 1],
    [[notMine, notMine, notMine], notMine, 3],
    [[notMine, other, invalid], other, 2],
  ];
  it.each(rows)(
    'that say %j come to %j after %d were asked, with and without promises',
    async (answers, expected, count) => {
      for (const wrap of [(one: Identified) => one, async (one: Identified) => one]) {
        const asked: string[] = [];
        const resolvers = answers.map((answer): Identify => (bearer) => {
          asked.push(bearer);
          return wrap(answer);
        });
        expect(await firstOf(...resolvers)('text')).toEqual(expected);
        expect(asked).toEqual(Array.from({ length: count }, () => 'text'));
      }
    },
  );

  it('answer without a promise when none of them needs one', () => {
    expect(
      firstOf(
        () => notMine,
        () => invalid,
      )('text'),
    ).toEqual(invalid);
  });

  it('stop at one that cannot answer: the credential may be its own', async () => {
    const failing: Identify = async () => Promise.reject(new Error('down'));
    await expect(
      firstOf(
        () => notMine,
        failing,
        () => invalid,
      )('text'),
    ).rejects.toThrow('down');
  });
});
