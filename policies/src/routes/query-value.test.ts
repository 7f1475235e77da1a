import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { queryValue } from './query-value.ts';

const readsAs = (query: string, name = 'id'): string => {
  const read = queryValue(query, name);
  return read.kind === 'value' ? read.value : read.kind;
};

describe('a deciding query parameter', () => {
  const rows: readonly [query: string, result: string][] = [
    ['?id=qft', 'qft'],
    ['?a=1&id=qft&b[c]=2&d.e=3&f%20g=4&&', 'qft'],
    ['?idx=1&id=qft&user_id=2&user-id=3&xid=4&i=5', 'qft'],
    ['', 'ambiguous'],
    ['?', 'ambiguous'],
    ['?id', 'ambiguous'],
    ['?id=', 'ambiguous'],
    ['?id=a%20b', 'ambiguous'],
    ['?ID=qft', 'ambiguous'],
    ['?id[]=qft', 'ambiguous'],
    ['?%69d=qft', 'ambiguous'],
    ['?id=qft;x=1', 'ambiguous'],
    ['?id=qft&%zz=1', 'ambiguous'],
  ];
  it.each(rows)('of %j is read as %s', (query, result) => {
    expect(readsAs(query)).toBe(result);
  });

  const second: readonly string[] = [
    'id',
    'ID',
    'Id',
    '[id]',
    '%5Bid%5D',
    'id%5D',
    'id]',
    'id[',
    'id[]',
    'id[0]',
    'id[x]',
    'x[id]',
    'id%00',
    'id%00x',
    'ID%00',
    'x%00id',
    'id%0Ax',
    'id%7Fx',
    'id%C2%85x',
    'i%00d',
    '%69%64',
    '%2569d',
    '%252569d',
    '+id',
    'id+',
    'i+d',
    '%20id',
    'id%09',
    '.id',
    'id.',
    'id.x',
    'i.d',
    '_id',
    'id-',
    '?id',
    '"id"',
    'id,x',
    '%EF%BB%BFid',
    'i%E2%80%8Bd',
    'i%CC%81d',
    '%EF%BD%89%EF%BD%84',
    '%C4%B1d',
    '%C4%B0d',
  ];
  it.each(second)('is ambiguous beside %s', (name) => {
    for (const pair of [`${name}=secret`, name]) {
      expect(readsAs(`?id=qft&${pair}`)).toBe('ambiguous');
      expect(readsAs(`?${pair}&id=qft`)).toBe('ambiguous');
    }
  });

  it('is found by all its letters and digits, also where it has none', () => {
    expect(readsAs('?user_id=a&userid=b', 'user_id')).toBe('ambiguous');
    expect(readsAs('?user_id=a&USER.ID=b', 'user_id')).toBe('ambiguous');
    expect(readsAs('?user_id=a&id=b&user=c', 'user_id')).toBe('a');
    expect(readsAs('?_=a', '_')).toBe('a');
    expect(readsAs('?_=a&-=b', '_')).toBe('ambiguous');
  });
});

const name = fc
  .array(fc.constantFrom(...'abkisz019_-'.split('')), { minLength: 1, maxLength: 6 })
  .map((characters) => characters.join(''));
const before = fc
  .array(fc.constantFrom('[', ']', '.', ' ', '+', '_', '-', '%5B', '%2E', '%20', '%00'), { maxLength: 3 })
  .map((marks) => marks.join(''));
/** Behind a NUL or an opening bracket anything may follow: there are parsers that read no further. */
const after = fc.oneof(
  before,
  fc
    .tuple(fc.constantFrom('%00', '[', '%5B', '.', '%00['), fc.stringMatching(/^[a-z0-9]{0,4}\]?$/))
    .map((two) => two.join('')),
);
/** One character as it is, in the other case, and in hex. */
const spelling = (character: string): fc.Arbitrary<string> =>
  fc.constantFrom(
    character,
    character.toUpperCase(),
    `%${character.charCodeAt(0).toString(16)}`,
    `%${character.toUpperCase().charCodeAt(0).toString(16).toUpperCase()}`,
  );
const second = name.chain((wanted) =>
  fc.record({
    wanted: fc.constant(wanted),
    decorated: fc
      .tuple(before, fc.tuple(...wanted.split('').map(spelling)), after)
      .map(([left, letters, right]) => `${left}${letters.join('')}${right}`),
    isFirst: fc.boolean(),
    between: fc.constantFrom('', 'q=1&', '&', 'other[]=2&'),
  }),
);

it('is ambiguous beside another one, however that is decorated', () => {
  fc.assert(
    fc.property(second, ({ wanted, decorated, isFirst, between }) => {
      const [one, other] = isFirst ? [`${decorated}=x`, `${wanted}=y`] : [`${wanted}=y`, `${decorated}=x`];
      expect(readsAs(`?${one}&${between}${other}`, wanted)).toBe('ambiguous');
    }),
    { numRuns: 3000 },
  );
});
