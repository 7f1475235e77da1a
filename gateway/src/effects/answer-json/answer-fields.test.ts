import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isIdText } from '@gatehouse/policies/routes/template';
import { obeys } from '@gatehouse/policies/routes/alphabet';
import type { Alphabet, FieldPart } from '@gatehouse/policies/routes/rule';
import { answerFields } from './answer-fields.ts';
import { damaged, nameOf, objectText, parsed, stringText, valueText } from './test/json-text.ts';
import type { AnswerFields } from './answer-fields.ts';

const field = (path: string, alphabet: Alphabet = 'token'): FieldPart => ({
  kind: 'field',
  names: path.split('.'),
  alphabet,
});
const text = (value: string): FieldPart => ({ kind: 'text', text: value });
const param = (name: string): FieldPart => ({ kind: 'param', name, alphabet: 'slug' });

const idOnly = (body: Buffer | string, id: readonly FieldPart[], params = {}): AnswerFields =>
  answerFields(Buffer.from(body), 'quantum', { contentKind: 'job', id }, params);

describe('the id', () => {
  const made: readonly [what: string, body: string, parts: readonly FieldPart[], id: string][] = [
    ['text', '{"id":"qft"}', [field('id')], 'qft'],
    ['an integer as it is written', '{"id":9007199254740993}', [field('id', 'int')], '9007199254740993'],
    ['an integer with a minus', '{"id":-7}', [field('id')], '-7'],
    ['zero', '{"id":0}', [field('id', 'int')], '0'],
    ['text that was escaped', String.raw`{"id":"q\u0066t"}`, [field('id')], 'qft'],
    ['a field whose name was escaped', String.raw`{"\u0069d":"qft"}`, [field('id')], 'qft'],
    ['a field inside', '{"id":"no","data":{"job":{"id":"j1"}}}', [field('data.job.id')], 'j1'],
    ['a field of an unusual name', '{"__proto__":{"id":"j1"}}', [field('__proto__.id')], 'j1'],
    [
      'several parts',
      '{"id":3,"run":"r"}',
      [param('algorithm'), text('/'), field('run'), text('-'), field('id')],
      'qft/r-3',
    ],
    ['one field twice', '{"id":3}', [field('id'), text('.'), field('id')], '3.3'],
    [
      'as many characters as the registry takes',
      `{"id":"${'a'.repeat(100)}"}`,
      [field('id'), text('/'), text('b'.repeat(99))],
      `${'a'.repeat(100)}/${'b'.repeat(99)}`,
    ],
    ['a field among blanks', ' \r\n{ "id"\t: "qft" } ', [field('id')], 'qft'],
  ];
  it.each(made)('is made of %s', (_what, body, parts, id) => {
    expect(idOnly(body, parts, { algorithm: 'qft' })).toEqual({ kind: 'fields', id, title: undefined });
  });

  const missing = 'the field "id" is missing';
  const untextual = 'the field "id" is neither well-formed text nor an integer';
  const outside = 'the field "id" is outside its alphabet (token)';
  const refused: readonly [
    what: string,
    body: Buffer | string,
    detail: string | RegExp,
    parts?: readonly FieldPart[],
  ][] = [
    ['no answer', '', 'the answer is no usable JSON: something else than a value, at byte 0'],
    ['an answer that is no JSON', '<html>', /no usable JSON/],
    ['invalid UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), /no UTF-8/],
    ['a byte order mark', '\ufeff{"id":"a"}', /no usable JSON/],
    ['something behind the answer', '{"id":"a"}{"id":"b"}', /behind the end/],
    ['the id twice', '{"id":"a","id":"b"}', /twice in one object/],
    ['the id twice in two spellings', String.raw`{"id":"a","\u0069d":"b"}`, /twice in one object/],
    ['a name twice elsewhere', '{"id":"a","x":{"y":1,"y":2}}', /twice in one object/],
    ['10,000 levels', `{"id":"a","x":${'['.repeat(10_000)}`, /more than 64 levels/],
    ['an array', '[{"id":"a"}]', missing],
    ['text', '"id"', missing],
    ['null', 'null', missing],
    ['no id', '{"name":"id","x":{"id":"a"}}', missing],
    ['an id in other letters', '{"ID":"a","Id":"b"}', missing],
    ['null for an id', '{"id":null}', untextual],
    ['true for an id', '{"id":true}', untextual],
    ['an object for an id', '{"id":{"id":"a"}}', untextual],
    ['an array for an id', '{"id":["a"]}', untextual],
    ['a fraction', '{"id":1.5}', untextual],
    ['an integer written as a fraction', '{"id":1.0}', untextual],
    ['an exponent', '{"id":1e3}', untextual],
    ['minus zero', '{"id":-0}', untextual],
    ['half a surrogate pair', String.raw`{"id":"a\ud800"}`, untextual],
    ['no text in it', '{"id":""}', outside],
    ['a blank', '{"id":"a b"}', outside],
    ['a line break behind it', String.raw`{"id":"a\n"}`, outside],
    ['NUL', String.raw`{"id":"a\u0000"}`, outside],
    ['a slash', '{"id":"a/b"}', outside],
    ['a colon', '{"id":"a:b"}', outside],
    ['a userset', '{"id":"a#viewer"}', outside],
    ['everybody', '{"id":"*"}', outside],
    ['a letter beyond ASCII', '{"id":"qft\u00e9"}', outside],
    ['an integer of 129 digits', `{"id":${'1'.repeat(129)}}`, outside],
    ['text of 2 MB', `{"id":"${'a'.repeat(2_000_000)}"}`, outside],
    ['capitals in a slug', '{"id":"QFT"}', 'the field "id" is outside its alphabet (slug)', [field('id', 'slug')]],
    ['zeros in front', '{"id":"007"}', 'the field "id" is outside its alphabet (int)', [field('id', 'int')]],
    ['a field inside no object', '{"data":[{"id":"a"}]}', 'the field "data.id" is missing', [field('data.id')]],
    [
      'more than the registry takes',
      `{"id":"${'a'.repeat(100)}"}`,
      'the id is longer than 200 characters',
      [field('id'), text('/'), field('id')],
    ],
    ['a parameter of another route', '{"id":"a"}', 'the parameter "constructor" has no value', [param('constructor')]],
  ];
  it.each(refused)('is refused when there is %s', (_what, body, detail, parts = [field('id')]) => {
    const result = idOnly(body, parts);
    expect(result).toEqual({ kind: 'refused', detail: expect.any(String) as string });
    expect(result.kind === 'refused' && result.detail).toMatch(detail);
  });

  it('is refused when the whole object would be longer than an engine takes', () => {
    const ofKind = (contentKind: string): AnswerFields =>
      answerFields(Buffer.from(`{"id":"${'a'.repeat(128)}"}`), 'quantum', { contentKind, id: [field('id')] }, {});
    const room = 256 - 128 - 'content:quantum./'.length;
    expect(ofKind('k'.repeat(room)).kind).toBe('fields');
    expect(ofKind('k'.repeat(room + 1))).toEqual({ kind: 'refused', detail: 'the id is longer than 127 characters' });
  });
});

describe('the title', () => {
  const titleOf = (body: string, title: readonly FieldPart[]): string | undefined => {
    const result = answerFields(Buffer.from(body), 'quantum', { contentKind: 'job', id: [text('j1')], title }, {});
    expect(result).toMatchObject({ kind: 'fields', id: 'j1' });
    return result.kind === 'fields' ? result.title : undefined;
  };

  const titles: readonly [what: string, name: string, title: string | undefined][] = [
    ['text as it is', '"Grover’s search: 100 % 😀"', 'Grover’s search: 100 % 😀'],
    ['an integer', '42', '42'],
    ['without the blanks around it', '"  a  b  "', 'a  b'],
    ['with a blank for control characters', String.raw`"\u0000a\r\n\tb\u0085c\u2028d\u007f"`, 'a b c d'],
    ['without marks that turn the reading direction', String.raw`"a\u202eb\u2066c"`, 'a b c'],
    ['cut at 200 characters', `"${'a'.repeat(300)}"`, 'a'.repeat(200)],
    ['cut in front of a pair', `"${'a'.repeat(199)}😀"`, 'a'.repeat(199)],
    ['left out for half a surrogate pair', String.raw`"a\ud800"`, undefined],
    ['left out when empty', '""', undefined],
    ['left out when nothing printable is left', String.raw`"\n \u0000"`, undefined],
    ['left out for null', 'null', undefined],
    ['left out for a fraction', '1.5', undefined],
    ['left out for an object', '{"a":1}', undefined],
    ['left out for an array', '["a"]', undefined],
  ];
  it.each(titles)('is %s', (_what, name, title) => {
    expect(titleOf(`{"name":${name}}`, [field('name', 'slug')])).toBe(title);
  });

  it('is made of several parts, and left out when one is missing', () => {
    expect(titleOf('{"name":"QFT","v":2}', [field('name'), text(', version '), field('v')])).toBe('QFT, version 2');
    expect(titleOf('{"name":"QFT"}', [field('name'), text(', version '), field('v')])).toBeUndefined();
  });
});

describe('every answer', () => {
  const member = fc.tuple(stringText, valueText);
  const idMember = fc.tuple(
    fc.constantFrom('"id"', String.raw`"\u0069d"`),
    fc.oneof(fc.constantFrom('"a-1"', '"B.2"', '12', '9007199254740993', '"x y"', 'null'), valueText),
  );
  const answer = objectText(
    fc
      .tuple(fc.array(member, { maxLength: 3 }), idMember, fc.array(member, { maxLength: 3 }))
      .map(([before, id, behind]) => [...before, id, ...behind])
      .filter((members) => new Set(members.map(nameOf)).size === members.length),
  );

  const idIn = (value: unknown): unknown => (value as { id: unknown }).id;

  it('gives the id that the platform reads in it, or none', () => {
    let count = 0;
    fc.assert(
      fc.property(
        fc.oneof(
          answer.map((body) => Buffer.from(body)),
          damaged(answer),
        ),
        (body) => {
          const result = idOnly(body, [field('id')]);
          if (result.kind === 'refused') return;
          count += 1;
          const id = idIn(parsed(body)?.value);
          expect(obeys('token', result.id) && isIdText(result.id)).toBe(true);
          expect(typeof id === 'number' ? Number(result.id) : result.id).toBe(id);
        },
      ),
      { numRuns: 3_000 },
    );
    expect(count, 'the generator must produce answers with an id').toBeGreaterThan(300);
  });

  it('of arbitrary bytes gives none that the platform does not read, and never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect(idOnly(Buffer.from(bytes), [field('id')]).kind).toBe('refused');
      }),
    );
  });
});
