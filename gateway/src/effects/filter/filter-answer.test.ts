import { describe, expect, it } from 'vitest';
import type { Decision, Ref } from '@gatehouse/policies/engine/engine';
import type { Alphabet, FieldPart, Filter } from '@gatehouse/policies/routes/rule';
import { filterAnswer } from './filter-answer.ts';
import { elementsMax } from './read-list.ts';
import type { Filtered, May } from './filter-answer.ts';

const algorithm: FieldPart = { kind: 'text', text: 'quantum.algorithm/' };
const field = (path: string, alphabet: Alphabet = 'token'): FieldPart => ({
  kind: 'field',
  names: path.split('.'),
  alphabet,
});
const filterOf = (list: readonly string[], ...id: readonly FieldPart[]): Filter => ({
  list,
  relation: 'can_view',
  type: 'content',
  id: [algorithm, ...id],
  text: 'filter',
});
const items = filterOf(['items'], field('id'));
const top = filterOf([], field('id'));

/** Allows `content:quantum.algorithm/` of these ids, and keeps what it was asked. */
const allowing = (...ids: readonly string[]): { readonly may: May; readonly asked: (readonly Ref[])[] } => {
  const asked: (readonly Ref[])[] = [];
  const may: May = (objects) => {
    asked.push(objects);
    return objects.map((object) => decision(ids.includes(object.slice('content:quantum.algorithm/'.length))));
  };
  return { may, asked };
};
const decision = (isAllowed: boolean): Decision => ({ verdict: isAllowed ? 'allowed' : 'denied', revision: '1' });

const now = (result: Filtered | Promise<Filtered>): Filtered => {
  if (result instanceof Promise) throw new Error('answered with a promise');
  return result;
};
const textOf = (result: Filtered): string | Filtered => (result.kind === 'filtered' ? result.body.toString() : result);

describe('filterAnswer', () => {
  // a and 7 may be seen.
  const kept: readonly [what: string, filter: Filter, body: string, passed: string][] = [
    ['the first', items, '{"items":[{"id":"a"},{"id":"b"},{"id":"c"}]}', '{"items":[{"id":"a"}]}'],
    ['one in the middle', items, '{"items":[{"id":"b"},{"id":"a"},{"id":"c"}]}', '{"items":[{"id":"a"}]}'],
    ['the last', items, '{"items":[{"id":"b"},{"id":"c"},{"id":"a"}]}', '{"items":[{"id":"a"}]}'],
    ['both ends', items, '{"items":[{"id":"a"},{"id":"b"},{"id":7}]}', '{"items":[{"id":"a"},{"id":7}]}'],
    ['none', items, '{"items":[{"id":"b"},{"id":"c"}],"total":2}', '{"items":[],"total":2}'],
    ['all', items, '{"items":[{"id":"a"},{"id":7}]}', '{"items":[{"id":"a"},{"id":7}]}'],
    [
      'an element every time it comes',
      items,
      '{"items":[{"id":"a","n":1},{"id":"b"},{"id":"a","n":2}]}',
      '{"items":[{"id":"a","n":1},{"id":"a","n":2}]}',
    ],
    ['elements of an answer that is the list', top, ' [{"id":"b"},{"id":"a"}]\n', ' [{"id":"a"}]\n'],
    [
      'elements of a list far inside',
      filterOf(['data', 'page', 'items'], field('id')),
      '{"items":[{"id":"x"}],"data":{"page":{"items":[{"id":"b"},{"id":"a"}]}}}',
      '{"items":[{"id":"x"}],"data":{"page":{"items":[{"id":"a"}]}}}',
    ],
    [
      'elements of a list under an unusual name',
      filterOf(['__proto__', ''], field('id')),
      '{"__proto__":{"":[{"id":"b"},{"id":"a"}]}}',
      '{"__proto__":{"":[{"id":"a"}]}}',
    ],
    [
      'elements of a list whose name was escaped',
      items,
      String.raw`{"\u0069tems":[{"id":"b"},{"id":"a"}]}`,
      String.raw`{"\u0069tems":[{"id":"a"}]}`,
    ],
    [
      'numbers, escapes and blanks as they came',
      items,
      String.raw`{"items":[{"id":"b"}, { "\u0069d" : "\u0061", "n":9007199254740993, "x":1e400,"s":"\/\u00e9é\ud800" } ]}`,
      String.raw`{"items":[{ "\u0069d" : "\u0061", "n":9007199254740993, "x":1e400,"s":"\/\u00e9é\ud800" } ]}`,
    ],
    [
      'the indentation',
      items,
      '{\n  "items": [\n    {"id":"b"},\n    {"id":"a"},\n    {"id":"b"},\n    {"id":7}\n  ]\n}',
      '{\n  "items": [\n    {"id":"a"},\n    {"id":7}\n  ]\n}',
    ],
    ['commas among blanks', top, '[ {"id":"a"} , {"id":"b"}\t,\r\n{"id":7} ]', '[ {"id":"a"}\t,\r\n{"id":7} ]'],
    [
      'what has lists inside',
      items,
      '{"items":[{"id":"a","items":[{"id":"b"}]},{"id":"b","items":[]}]}',
      '{"items":[{"id":"a","items":[{"id":"b"}]}]}',
    ],
    [
      'everything else',
      items,
      '{"next":null,"items":[{"id":"b"}],"other":[{"id":"b"}],"total":1}',
      '{"next":null,"items":[],"other":[{"id":"b"}],"total":1}',
    ],
    [
      'elements named by a field inside',
      filterOf([], field('meta.ref.id')),
      '[{"id":"b","meta":{"ref":{"id":"a"}}},{"id":"a","meta":{"ref":{"id":"b"}}}]',
      '[{"id":"b","meta":{"ref":{"id":"a"}}}]',
    ],
  ];
  it.each(kept)('keeps %s', (_what, filter, body, passed) => {
    expect(textOf(now(filterAnswer(Buffer.from(body), filter, {}, allowing('a', '7').may)))).toBe(passed);
  });

  it('asks everything in one batch, about each object once, in the order of the list', () => {
    const { may, asked } = allowing();
    const body = Buffer.from('[{"id":"b","n":1},{"id":"a"},{"id":"b","n":2},{"id":7},{"id":"7"}]');
    expect(now(filterAnswer(body, top, {}, may))).toMatchObject({ kind: 'filtered', kept: 0, total: 5 });
    expect(asked).toEqual([
      ['content:quantum.algorithm/b', 'content:quantum.algorithm/a', 'content:quantum.algorithm/7'],
    ]);
  });

  it('makes the object of texts, parameters and fields', () => {
    const { may, asked } = allowing();
    const parts = [
      { kind: 'param', name: 'job', alphabet: 'slug' },
      { kind: 'text', text: '/' },
    ] as const;
    const filter = filterOf([], ...parts, field('run', 'int'), { kind: 'text', text: '@' }, field('id', 'slug'));
    now(filterAnswer(Buffer.from('[{"id":"a","run":9007199254740993}]'), filter, { job: 'j1' }, may));
    expect(asked).toEqual([['content:quantum.algorithm/j1/9007199254740993@a']]);
  });

  it('passes the buffer itself on when everything is kept, and asks nothing about an empty list', () => {
    const all = Buffer.from('[{"id":"a"}]');
    expect(now(filterAnswer(all, top, {}, allowing('a').may))).toEqual({
      kind: 'filtered',
      body: all,
      kept: 1,
      total: 1,
    });
    const empty = Buffer.from('{"items": [ ] }');
    const { may, asked } = allowing();
    const result = now(filterAnswer(empty, items, {}, may));
    expect(result.kind === 'filtered' && result.body).toBe(empty);
    expect(asked).toEqual([]);
  });

  it('waits where deciding takes time', async () => {
    const slow: May = (objects) => Promise.resolve(objects.map((_, index) => decision(index === 1)));
    const result = filterAnswer(Buffer.from('[{"id":"a"},{"id":"b"}]'), top, {}, slow);
    expect(result).toBeInstanceOf(Promise);
    expect(textOf(await result)).toBe('[{"id":"b"}]');
  });
});

describe('an answer that cannot be filtered', () => {
  const noList = 'the answer has no list at "items"';
  const noId = 'element 0 of the list: the field "id" is missing';
  const untextual = 'element 1 of the list: the field "id" is neither well-formed text nor an integer';
  const outside = 'element 1 of the list: the field "id" is outside its alphabet (token)';
  const second = (element: string): string => `{"items":[{"id":"a"},${element},{"id":"b"}]}`;
  const refused: readonly [what: string, body: Buffer | string, detail: string | RegExp, filter?: Filter][] = [
    ['nothing', '', /no usable JSON/],
    ['no JSON', '<ul><li>a</li></ul>', /no usable JSON/],
    ['a byte order mark', '\ufeff{"items":[]}', /no usable JSON/],
    ['invalid UTF-8', Buffer.from('{"items":[{"id":"a","x":"\xff"}]}', 'latin1'), /no UTF-8/],
    ['UTF-16', Buffer.from('{"items":[]}', 'utf16le'), /no usable JSON/],
    ['a list that is cut off', '{"items":[{"id":"a"},{"id":"b"}', /no usable JSON/],
    ['something behind its end', '{"items":[]}{"items":[{"id":"b"}]}', /behind the end/],
    ['a line for each element', '{"id":"a"}\n{"id":"b"}', /behind the end/, top],
    ['NaN', second('{"id":"a","x":NaN}'), /no usable JSON/],
    ['two lists', '{"items":[],"items":[{"id":"b"}]}', /twice in one object/],
    ['two lists in two spellings', String.raw`{"items":[],"\u0069tems":[{"id":"b"}]}`, /twice in one object/],
    ['two ids in an element', second('{"id":"a","id":"b"}'), /twice in one object/],
    ['two ids in two spellings', second(String.raw`{"id":"a","\u0069d":"b"}`), /twice in one object/],
    ['a name twice far from the list', '{"items":[],"x":[{"y":{"z":1,"z":1}}]}', /twice in one object/],
    ['half a surrogate pair in a name', String.raw`{"items":[],"\ud800":1}`, /surrogate/],
    ['10,000 levels in an element', second(`{"id":"a","x":${'['.repeat(10_000)}${']'.repeat(10_000)}}`), /64 levels/],
    ['10,000 levels beside the list', `{"items":[],"x":${'{"a":'.repeat(10_000)}`, /64 levels/],
    ['no list', '{"item":[{"id":"a"}]}', noList],
    ['a list in other letters', '{"Items":[{"id":"a"}]}', noList],
    ['a list in another place', '{"data":{"items":[{"id":"a"}]}}', noList],
    ['null for a list', '{"items":null}', noList],
    ['an object for a list', '{"items":{"0":{"id":"a"}}}', noList],
    ['text for a list', '{"items":"[]"}', noList],
    ['a list at the top where one inside is meant', '[{"id":"a"}]', noList],
    ['a list inside a list', '[{"items":[]}]', noList],
    ['an object where a list at the top is meant', '{"id":"a"}', 'the answer has no list at its top', top],
    ['a problem in place of the list', '{"status":"error"}', noList],
    ['null for an element', '{"items":[null]}', noId],
    ['text for an element', '{"items":["a"]}', noId],
    ['a list for an element', '{"items":[[{"id":"a"}]]}', noId],
    ['an element without a field', '{"items":[{}]}', noId],
    ['an element without an id, behind one with', second('{"name":"a"}'), noId.replace('0', '1')],
    ['null for an id', second('{"id":null}'), untextual],
    ['false for an id', second('{"id":false}'), untextual],
    ['a fraction for an id', second('{"id":1.5}'), untextual],
    ['an exponent for an id', second('{"id":1e2}'), untextual],
    ['minus zero for an id', second('{"id":-0}'), untextual],
    ['an object for an id', second('{"id":{"id":"a"}}'), untextual],
    ['half a surrogate pair for an id', second(String.raw`{"id":"\udc00"}`), untextual],
    ['an empty id', second('{"id":""}'), outside],
    ['everybody for an id', second('{"id":"*"}'), outside],
    ['a userset for an id', second('{"id":"a#viewer"}'), outside],
    ['a path for an id', second('{"id":"../a"}'), outside],
    ['a line break in an id', second(String.raw`{"id":"a\n"}`), outside],
    ['an id of 2 MB', second(`{"id":"${'a'.repeat(2_000_000)}"}`), outside],
    [
      'an id that no engine takes',
      second(`{"id":"${'a'.repeat(128)}"}`),
      'element 1 of the list: the id is longer than 248 characters',
      filterOf(['items'], field('id'), { kind: 'text', text: '/' }, field('id')),
    ],
    [
      'an element too many',
      `{"items":[${Array.from({ length: elementsMax + 1 }, () => '{"id":"a"}').join()}]}`,
      'the list has more than 10000 elements',
    ],
  ];
  it.each(refused)('is one with %s', (_what, body, detail, filter = items) => {
    const { may, asked } = allowing('a', 'b');
    const result = now(filterAnswer(Buffer.from(body), filter, {}, may));
    expect(result).toEqual({ kind: 'unfilterable', detail: expect.any(String) as string });
    expect(result.kind === 'unfilterable' && result.detail).toMatch(detail);
    expect(asked, 'nothing is asked about an answer that is refused').toEqual([]);
  });

  it('is one whose rule needs a parameter that the route has not', () => {
    const filter = filterOf([], { kind: 'param', name: 'job', alphabet: 'slug' });
    expect(now(filterAnswer(Buffer.from('[]'), filter, {}, allowing().may)).kind).toBe('unfilterable');
  });

  it('is not one with as many elements as are allowed', () => {
    const list = Array.from({ length: elementsMax }, (_, index) => `{"id":${index}}`);
    const result = now(filterAnswer(Buffer.from(`[${list.join()}]`), top, {}, allowing('17').may));
    expect(result).toMatchObject({ kind: 'filtered', kept: 1, total: elementsMax });
    expect(textOf(result)).toBe('[{"id":17}]');
  });
});

describe('an answer about which no decision can be had', () => {
  const failed: Decision = { verdict: 'failed', code: 'unavailable', message: 'no answer' };
  const unable: readonly [what: string, may: May, cause: string][] = [
    ['one question fails', () => [decision(true), failed], 'unavailable: no answer'],
    ['every question fails', () => [failed, failed], 'unavailable: no answer'],
    ['a question is not answered', () => [decision(true)], 'the engine did not answer every question'],
    ['nothing is answered', () => [], 'the engine did not answer every question'],
    [
      'there are more answers than questions',
      () => Array(3).fill(decision(true)) as Decision[],
      'the engine did not answer every question',
    ],
    ['one question fails later', () => Promise.resolve([failed, decision(true)]), 'unavailable: no answer'],
    [
      'asking throws',
      () => {
        throw new Error('broken');
      },
      'broken',
    ],
    ['asking rejects', () => Promise.reject(new Error('broken')), 'broken'],
  ];
  it.each(unable)('is not passed on: %s', async (_what, may, cause) => {
    const result = await filterAnswer(Buffer.from('[{"id":"a"},{"id":"b"}]'), top, {}, may);
    expect(result).toEqual({ kind: 'unavailable', cause: new Error(cause) });
  });
});
