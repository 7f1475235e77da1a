import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newPlace, placeAt } from './place.ts';
import { depthMax, scan } from './scan.ts';
import { damaged, documentText, parsed } from './test/json-text.ts';
import { objections } from './test/objections.ts';

const faultOf = (bytes: Buffer | string): string | undefined => scan(Buffer.from(bytes), newPlace())?.what;

const noValue = 'something else than a value';
const badString = 'a string that is malformed or never ends';
const badName = 'a name that is malformed or never ends';
const twice = 'a name that stands twice in one object';
const notUtf8 = 'bytes that are no UTF-8';
const behind = 'something behind the end of the value';
const tooDeep = `more than ${depthMax} levels`;
const half = 'half a surrogate pair in a name';
const badObject = 'neither a comma nor the end of an object';
const badArray = 'neither a comma nor the end of an array';

describe('scan', () => {
  const accepted: readonly string[] = [
    '0',
    '-0',
    '1.50',
    '1e5',
    '1E-5',
    '1.0e+10',
    '9007199254740993',
    '1e99999',
    'true',
    'false',
    'null',
    '""',
    '"\u007f"',
    String.raw`"\"\\\/\b\f\n\r\t\u00e9\uD83D\uDE00"`,
    String.raw`"\ud800"`,
    '"é€😀\u2028\ufeff"',
    '[]',
    '{}',
    ' \t\r\n[ \n]\r ',
    '{ "a" : [ 1 , 2 ] , "b" : { } }',
    '{"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}]}',
    '{"__proto__":1,"constructor":2,"":3,"toString":4}',
    '{"é":1,"e\u0301":2,"E":3,"e":4}',
    '['.repeat(depthMax) + ']'.repeat(depthMax),
    `{${Array.from({ length: 100 }, (_, index) => `"${index}":${index}`).join()}}`,
  ];
  it.each(accepted)('takes %s', (text) => {
    expect(scan(Buffer.from(text), newPlace())).toBeUndefined();
    expect(() => JSON.parse(text) as unknown).not.toThrow();
  });

  const refused: readonly [text: Buffer | string, what: string][] = [
    ['', noValue],
    ['  \n', noValue],
    ['\ufeff{}', noValue],
    ['NaN', noValue],
    ['-Infinity', noValue],
    ['undefined', noValue],
    ['True', noValue],
    ['nul', noValue],
    ['nulll', behind],
    ["'a'", noValue],
    ['+1', noValue],
    ['.5', noValue],
    ['-', noValue],
    ['1.', noValue],
    ['1.e5', noValue],
    ['1e', noValue],
    ['1e+', noValue],
    ['01', behind],
    ['-01', behind],
    ['0x10', behind],
    ['1_000', behind],
    ['{} {}', behind],
    ['{}\0', behind],
    ['{}]', behind],
    ['{}//', behind],
    ['\u00a0{}', noValue],
    ['\v{}', noValue],
    ['"', badString],
    ['"a', badString],
    ['"a\\"', badString],
    ['"a\nb"', badString],
    ['"\0"', badString],
    [String.raw`"\x41"`, badString],
    [String.raw`"\u12g4"`, badString],
    [String.raw`"\u123"`, badString],
    [String.raw`"\U0041"`, badString],
    [String.raw`"\'"`, badString],
    ['[', noValue],
    ['[1', badArray],
    ['[1 2]', badArray],
    ['[1}', badArray],
    ['[1,]', noValue],
    ['[,1]', noValue],
    ['[/**/]', noValue],
    ['{', 'something else than a name'],
    ['{1:2}', 'something else than a name'],
    ['{a:1}', 'something else than a name'],
    ['{"a":1,}', 'something else than a name'],
    ['{"a"}', 'something else than a colon'],
    ['{"a" 1}', 'something else than a colon'],
    ['{"a":}', noValue],
    ['{"a":1', badObject],
    ['{"a":1;"b":2}', badObject],
    ['{"a":1]', badObject],
    ['{"a', badName],
    ['{"a\tb":1}', badName],
    [String.raw`{"\q":1}`, badName],
    [String.raw`{"\ud800":1}`, half],
    [String.raw`{"a":{"\udc00\ud800":1}}`, half],
    ['{"a":1,"a":1}', twice],
    ['{"":1,"":1}', twice],
    ['{"__proto__":1,"__proto__":1}', twice],
    ['{"é":1,"é":1}', twice],
    [String.raw`{"id":1,"\u0069d":1}`, twice],
    [String.raw`{"\u0069d":1,"id":1}`, twice],
    [String.raw`{"i\u0064":1,"\u0069d":1}`, twice],
    [String.raw`{"\u00e9":1,"é":1}`, twice],
    [String.raw`{"😀":1,"\ud83d\ude00":1}`, twice],
    [String.raw`{"a/b":1,"a\/b":1}`, twice],
    ['{"a":1,"b":{"c":1},"a":1}', twice],
    ['[[{"a":1,"a":1}]]', twice],
    ['['.repeat(depthMax + 1) + ']'.repeat(depthMax + 1), tooDeep],
    ['{"a":'.repeat(depthMax + 1), tooDeep],
    [Buffer.from([0x22, 0x80, 0x22]), notUtf8],
    [Buffer.from([0x22, 0xc0, 0xaf, 0x22]), notUtf8],
    [Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), notUtf8],
    [Buffer.from([0x22, 0xf4, 0x90, 0x80, 0x80, 0x22]), notUtf8],
    [Buffer.from([0x22, 0xe2, 0x82]), notUtf8],
    [Buffer.from('\ufeff{}', 'utf16le'), notUtf8],
    [Buffer.from('{}', 'utf16le'), 'something else than a name'],
  ];
  it.each(refused)('refuses %j: %s', (text, what) => {
    expect(faultOf(text)).toBe(what);
  });

  it('finds a name that stands twice among many, wherever the two are', () => {
    for (const [first, second] of [
      [0, 1],
      [0, 999],
      [22, 23],
      [23, 24],
      [24, 25],
      [998, 999],
    ] as const) {
      const names = Array.from({ length: 1_000 }, (_, index) => `"n${index}"`);
      names[second] = names[first] as string;
      expect(faultOf(`{${names.map((name) => `${name}:{"n1":1}`).join()}}`)).toBe(twice);
    }
  });

  it('says where, and nothing of what it read', () => {
    expect(scan(Buffer.from('{"secret":1,"secret":2}'), newPlace())).toEqual({ at: 12, what: twice });
  });
});

const object = (names: readonly string[]): string => `{${names.map((name) => `"${name}":1`).join()}}`;
const times = (length: number, text: (index: number) => string): string[] =>
  Array.from({ length }, (_, index) => text(index));

describe('scan of 2 MB made to take long', () => {
  const hostile: readonly [what: string, text: () => string, fault: string | undefined][] = [
    ['names in one object', () => object(times(150_000, (index) => `name${index}`)), undefined],
    ['names of digits', () => object(times(130_000, (index) => String(index * 2 ** 24))), undefined],
    [
      'long names that differ at the end',
      () => object(times(100, (index) => `${'x'.repeat(20_000)}${index}`)),
      undefined,
    ],
    [
      'few names that differ at the end',
      () => object(times(20, (index) => `${'x'.repeat(99_999)}${index + 10}`)),
      undefined,
    ],
    ['escaped names', () => `[${times(130_000, () => String.raw`{"\u0069d":1}`).join()}]`, undefined],
    ['a name of escapes', () => `{"${String.raw`\u0041`.repeat(330_000)}":1}`, undefined],
    ['a text of escapes', () => `"${String.raw`\\`.repeat(1_000_000)}"`, undefined],
    ['elements', () => `[${'1,'.repeat(1_000_000)}1]`, undefined],
    ['nesting as deep as allowed', () => `[${times(15_000, () => '['.repeat(63) + ']'.repeat(63)).join()}]`, undefined],
    ['digits', () => '1'.repeat(2_000_000), undefined],
    ['blanks', () => `${' '.repeat(2_000_000)}1`, undefined],
    ['10,000 levels of arrays', () => '['.repeat(10_000), tooDeep],
    ['two million levels', () => '['.repeat(2_000_000), tooDeep],
    ['10,000 levels of objects', () => '{"a":'.repeat(10_000), tooDeep],
    ['strings that never end', () => `[${'"a",'.repeat(500_000)}"`, badString],
  ];
  it.each(hostile)('takes time linear to the text for %s', (_what, text, fault) => {
    const bytes = Buffer.from(text());
    const startedAt = performance.now();
    expect(scan(bytes, newPlace())?.what).toBe(fault);
    // A hundred times what it needs, and a tenth of what comparing everything with everything would need.
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });
});

describe('a place', () => {
  const text = String.raw`{"a":{"b":[1,{"c":2}],"é":"x"},"n\u0061me": "Q" ,"__proto__":{"id":7}}`;
  const places: readonly [names: readonly string[], value: string | undefined][] = [
    [[], text],
    [['a'], '{"b":[1,{"c":2}],"é":"x"}'],
    [['a', 'b'], '[1,{"c":2}]'],
    [['a', 'é'], '"x"'],
    [['name'], '"Q"'],
    [['__proto__', 'id'], '7'],
    [['a', 'b', 'c'], undefined],
    [['constructor'], undefined],
    [['b'], undefined],
    [['n'], undefined],
  ];
  it.each(places)('of the names %j is where %j stands', (names, value) => {
    const bytes = Buffer.from(` ${text}\n`);
    const root = newPlace();
    const place = placeAt(root, names);
    expect(scan(bytes, root)).toBeUndefined();
    expect(place.start < 0 ? undefined : bytes.toString('utf8', place.start, place.end)).toBe(value);
  });
});

describe('every text', () => {
  it('that is well-formed is taken', () => {
    fc.assert(
      fc.property(documentText, (text) => {
        expect(faultOf(text)).toBeUndefined();
      }),
      { numRuns: 1_000 },
    );
  });

  it('is taken exactly when the platform takes it and strictness has no objection', () => {
    const counts = { taken: 0, malformed: 0, objected: 0 };
    fc.assert(
      fc.property(damaged(documentText), (bytes) => {
        const result = parsed(bytes);
        const objected = result === undefined ? new Set() : objections(bytes.toString());
        if (result === undefined) counts.malformed += 1;
        else if (objected.size > 0) counts.objected += 1;
        else counts.taken += 1;
        expect(faultOf(bytes) === undefined).toBe(result !== undefined && objected.size === 0);
      }),
      { numRuns: 6_000, examples: [[Buffer.from('{"id":1,"id":1}')]] },
    );
    expect(counts.taken).toBeGreaterThan(300);
    expect(counts.malformed).toBeGreaterThan(300);
    expect(counts.objected).toBeGreaterThan(0);
  });

  it('of arbitrary bytes is taken only when the platform takes it, and never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (array) => {
        const bytes = Buffer.from(array);
        expect(faultOf(bytes) === undefined && parsed(bytes) === undefined).toBe(false);
      }),
      { numRuns: 5_000 },
    );
  });
});
