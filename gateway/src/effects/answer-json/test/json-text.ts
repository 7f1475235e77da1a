import fc from 'fast-check';

/** JSON texts as applications write them, with every spelling that the grammar has; names of one object are distinct. */

const blank = fc.constantFrom('', '', '', ' ', '\n  ', '\t', '\r\n');

const character = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('a', 'b', '7', '-', '/', '{', '}', '[', ']', ',', ':', ' ', "'", '\u007f') },
  { weight: 2, arbitrary: fc.constantFrom('é', '€', '😀', '\u2028', '\ufeff') },
  { weight: 2, arbitrary: fc.constantFrom('\\"', '\\\\', '\\/', '\\b', '\\n', '\\u0061', '\\u00E9', '\\ud83d\\uDE00') },
);

export const stringText = fc.array(character, { maxLength: 6 }).map((characters) => `"${characters.join('')}"`);

export const numberText = fc.oneof(
  fc.constantFrom('0', '-0', '1.50', '1e3', '1E+400', '-2.5e-7', '9007199254740993', '123456789012345678901234567890'),
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => JSON.stringify(number)),
);

const nameText = fc.oneof(
  stringText,
  fc.constantFrom('"id"', '"name"', '"items"', '"__proto__"', '"constructor"', '""'),
);

export type MemberText = readonly [name: string, value: string];

/** What the name says, for telling names apart. */
export const nameOf = ([name]: MemberText): string => JSON.parse(name) as string;

/** An object's text from its members, with the blanks of one random choice between them. */
export const objectText = (members: fc.Arbitrary<readonly MemberText[]>): fc.Arbitrary<string> =>
  fc
    .tuple(members, blank, blank)
    .map(([list, before, behind]) =>
      list.length === 0
        ? `{${before}}`
        : `{${list.map(([name, value]) => `${before}${name}${behind}:${before}${value}${behind}`).join(',')}}`,
    );

const arrayText = (elements: fc.Arbitrary<readonly string[]>): fc.Arbitrary<string> =>
  fc
    .tuple(elements, blank, blank)
    .map(([list, before, behind]) => `[${list.map((text) => `${before}${text}${behind}`).join(',')}${before}]`);

const { value } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.constantFrom('true', 'false', 'null'),
    numberText,
    stringText,
    arrayText(fc.array(tie('value'), { maxLength: 4 })),
    objectText(fc.uniqueArray(fc.tuple(nameText, tie('value')), { maxLength: 5, selector: nameOf })),
  ),
}));

export const valueText = value;

export const documentText = fc.tuple(blank, value, blank).map((pieces) => pieces.join(''));

const shard = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 2 }).map((bytes) => Buffer.from(bytes)),
  fc
    .constantFrom(
      ',',
      ':',
      '"',
      '\\',
      '\\u',
      '\\ud800',
      '{',
      '}',
      '[',
      ']',
      '0',
      '-',
      '.',
      'e',
      'NaN',
      '"id":1,',
      '\0',
      '\ufeff',
      '//',
    )
    .map((text) => Buffer.from(text)),
);

type Damage = { readonly at: number; readonly removed: number; readonly inserted: Buffer };

const damage: fc.Arbitrary<Damage> = fc.record({
  at: fc.nat(200),
  removed: fc.nat(3),
  inserted: fc.oneof(fc.constant(Buffer.alloc(0)), shard),
});

/** Bytes near to JSON: a text with up to three pieces taken out or put in. */
export const damaged = (text: fc.Arbitrary<string>): fc.Arbitrary<Buffer> =>
  fc.tuple(text, fc.array(damage, { maxLength: 3 })).map(([whole, damages]) => {
    let bytes = Buffer.from(whole);
    for (const { at, removed, inserted } of damages) {
      const from = at % (bytes.length + 1);
      bytes = Buffer.concat([bytes.subarray(0, from), inserted, bytes.subarray(from + removed)]);
    }
    return bytes;
  });

/** What the platform's own parser makes of the bytes; undefined when it refuses them. */
export const parsed = (bytes: Buffer): { readonly value: unknown } | undefined => {
  try {
    return { value: JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)) };
  } catch {
    return undefined;
  }
};
