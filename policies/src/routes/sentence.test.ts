import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSentence, printSentence } from './sentence.ts';
import type { ObjectTemplate, Part, Sentence } from './rule.ts';

const parsed = (text: string): Sentence => {
  const result = parseSentence(text);
  if (result.kind === 'fault') throw new Error(`${result.at}: ${result.message}`);
  return result.sentence;
};

const printPart = (part: Part): string => {
  switch (part.kind) {
    case 'text':
      return part.text;
    case 'param':
      return `{${part.name}}`;
    case 'query':
      return `{query.${part.name}}`;
    case 'account':
      return '{account}';
  }
};

describe('a sentence', () => {
  it('names an object by text and placeholders', () => {
    expect(parsed('can_view on content:quantum.algorithm/{id}@{query.v} within organization:{account}')).toEqual({
      kind: 'permission',
      relation: 'can_view',
      object: {
        type: 'content',
        parts: [
          { kind: 'text', text: 'quantum.algorithm/' },
          { kind: 'param', name: 'id' },
          { kind: 'text', text: '@' },
          { kind: 'query', name: 'v' },
        ],
        text: 'content:quantum.algorithm/{id}@{query.v}',
      },
      within: { type: 'organization', parts: [{ kind: 'account' }], text: 'organization:{account}' },
    });
  });

  const good: readonly [text: string, printed: string][] = [
    ['everyone', 'everyone'],
    [' signed-in ', 'signed-in'],
    ['nobody', 'nobody'],
    ['can_run  on\torganization:acme', 'can_run on organization:acme'],
    ['any of[everyone,nobody]', 'any of [everyone, nobody]'],
    [
      'all of [can_a on a:{x} , any of [ signed-in, can_b on b:1 ]]',
      'all of [can_a on a:{x}, any of [signed-in, can_b on b:1]]',
    ],
  ];
  it.each(good)('%j is printed as %j', (text, printed) => {
    expect(printSentence(parsed(text))).toBe(printed);
  });

  const bad: readonly [text: string, at: number, message: RegExp, suggestion?: string][] = [
    ['', 0, /expected a sentence/],
    ['Everyone?', 0, /does not begin a sentence/, 'everyone'],
    ['anybody', 0, /does not begin a sentence/, 'nobody'],
    ['everone', 0, /does not begin a sentence/, 'everyone'],
    ['signed_in', 0, /does not begin a sentence/, 'signed-in'],
    ['everyone else', 9, /"else" is too much/],
    ['everyone within organization:a', 9, /^"within" is too much here; it stands once, behind an object$/],
    ['can_view on a:b within c:d within e:f', 27, /^"within" is too much here; it stands once, behind an object$/],
    ['can_view', 8, /expected "on"/, 'on'],
    ['can_view of content:a.b/c', 9, /expected "on"/, 'on'],
    ['can_view on', 11, /expected an object/],
    ['can_view on content', 19, /has no id/],
    ['can_view on content:', 20, /has no id/],
    ['can_view on Content:a', 12, /is not a type/],
    ['Can_View on content:a', 0, /not the name of a relation/],
    ['can_view on content:a/{id', 22, /not closed/],
    ['can_view on content:a/{}', 22, /not a placeholder/],
    ['can_view on content:a/{response.id}', 22, /is known only when the application has answered/],
    ['can_view on content:a/{body.id}', 22, /not a placeholder/],
    ['can_view on content:a#b', 20, /no id may hold/],
    ['can_view on content:*', 20, /no id may hold/],
    ['can_view on content:a.k/', 24, /^the id of "content:a\.k\/" ends with "\/"; write what stands behind it$/],
    ['can_view on content:a.k/{x}/', 28, /ends with "\/"/],
    ['can_view on a:{x} within content:a.k/', 37, /ends with "\/"/],
    ['can_view on content:q.a/x:y', 25, /^an id holds no ":"; "content:" is followed by the id alone$/],
    ['can_view on content:{x}:{y}', 23, /^an id holds no ":"/],
    ['can_view on content::x', 20, /^an id holds no ":"/],
    ['can_view on content:a/{x}-{y}', 26, /can run into/],
    ['can_view on content:a/{x}{y}', 25, /can run into/],
    ['can_view on content:a/{x} witin organization:b', 26, /too much/, 'within'],
    ['can_view on content:a/{x} within', 32, /expected an object/],
    ['any [everyone]', 4, /expected "of"/, 'any of [...]'],
    ['any of everyone', 7, /expected "\["/, 'any of [...]'],
    ['any of []', 8, /does not begin/],
    ['any of [everyone', 16, /expected "," or "\]"/],
    ['any of [everyone nobody]', 17, /expected "," or "\]"/],
    ['any of [everyone,]', 17, /does not begin/],
    [`${'any of ['.repeat(9)}nobody${']'.repeat(9)}`, 64, /nested more than 8/],
    ['x'.repeat(4097), 4096, /longer than 4096/],
  ];
  it.each(bad)('%j fails at character %i', (text, at, message, suggestion) => {
    const result = parseSentence(text);
    if (result.kind !== 'fault') throw new Error(`parsed as ${printSentence(result.sentence)}`);
    expect(result.at).toBe(at);
    expect(result.message).toMatch(message);
    expect(result.suggestion).toBe(suggestion);
  });

  const separator = fc.constantFrom<Part>(
    { kind: 'text', text: 'a.b/' },
    { kind: 'text', text: '|' },
    { kind: 'text', text: 'x@y-' },
  );
  const placeholder = fc.constantFrom<Part>(
    { kind: 'param', name: 'id' },
    { kind: 'query', name: 'x-1' },
    { kind: 'account' },
  );
  const template: fc.Arbitrary<ObjectTemplate> = fc
    .tuple(
      fc.constantFrom('content', 'organization'),
      fc.array(fc.tuple(separator, placeholder), { minLength: 1, maxLength: 3 }),
    )
    .map(([type, pairs]) => ({ type, parts: pairs.flat(), text: `${type}:${pairs.flat().map(printPart).join('')}` }));
  const leaf: fc.Arbitrary<Sentence> = fc.oneof(
    fc.constantFrom<Sentence>({ kind: 'everyone' }, { kind: 'signed-in' }, { kind: 'nobody' }),
    fc.record({
      kind: fc.constant('permission' as const),
      relation: fc.constantFrom('can_view', 'any_of'),
      object: template,
    }),
    fc.record({
      kind: fc.constant('permission' as const),
      relation: fc.constant('can_edit'),
      object: template,
      within: template,
    }),
  );
  const sentence: fc.Arbitrary<Sentence> = fc.letrec<{ tree: Sentence }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small', maxDepth: 6 },
      leaf,
      fc.record({
        kind: fc.constantFrom('any' as const, 'all' as const),
        of: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }),
      }),
    ),
  })).tree;

  it('is read back from its printed form', () => {
    fc.assert(
      fc.property(sentence, (original) => {
        const printed = printSentence(original);
        fc.pre(printed.length <= 4096);
        expect(parsed(printed)).toEqual(original);
      }),
      { numRuns: 1000 },
    );
  });

  it('prints the same after being printed and read, and nothing ever throws', () => {
    const word = fc.constantFrom(
      'any',
      'all',
      'of',
      '[',
      ']',
      ',',
      ' ',
      'on',
      'within',
      'everyone',
      'nobody',
      'can_view',
      'a:{x}',
      'b:{query.y}',
      'c:',
      '{',
    );
    const text = fc.oneof(
      fc.array(word, { maxLength: 12 }).map((words) => words.join(' ')),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(text, (source) => {
        const result = parseSentence(source);
        const place = result.kind === 'fault' ? result.at : 0;
        const printed = result.kind === 'fault' ? 'nobody' : printSentence(result.sentence);
        expect(place).toBeLessThanOrEqual(source.length);
        expect(printSentence(parsed(printed))).toBe(printed);
      }),
      { numRuns: 2000 },
    );
  });
});
