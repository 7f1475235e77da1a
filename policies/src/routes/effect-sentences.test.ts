import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFilter } from './filter-sentence.ts';
import { parseRegisters } from './registers.ts';
import type { Alphabet, FieldPart } from './rule.ts';

const alphabetOf = (): Alphabet => 'slug';
const parsers = { parseRegisters, parseFilter };
const names = Object.keys(parsers) as (keyof typeof parsers)[];

const field = fc.stringMatching(/^[A-Za-z0-9_$@-]{1,8}$/);
const fieldPath = fc.array(field, { minLength: 1, maxLength: 8 });
const word = fc.constantFrom(
  'content:q.a/{id}',
  'content:q.a/{response.id}',
  'content:',
  'items[*]',
  '[*]',
  'by',
  'on',
  'can_view',
  'titled',
  'granting',
  'owner',
  'private',
  '{',
  '}',
  '{}',
  ':',
  '/',
  '\t',
  '',
);
const text = fc.oneof(
  fc.array(word, { maxLength: 8 }).map((words) => words.join(' ')),
  fc.string({ unit: 'binary', maxLength: 40 }),
);

describe.each(names)('%s', (name) => {
  it('answers any text, and says in it where it stumbled', () => {
    fc.assert(
      fc.property(text, (source) => {
        const parsed = parsers[name](source, alphabetOf);
        const at = parsed.kind === 'fault' ? parsed.at : 0;
        expect(at).toBeGreaterThanOrEqual(0);
        expect(at).toBeLessThanOrEqual(source.length);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([1024, 1025])('reads a text of at most 1024 characters: %i', (length) => {
    const parsed = parsers[name]('x'.repeat(length), alphabetOf);
    expect(parsed.kind === 'fault' && /longer than 1024/.test(parsed.message)).toBe(length > 1024);
  });
});

describe('what is registered and filtered', () => {
  it('is read as it is written, whatever the fields are called', () => {
    fc.assert(
      fc.property(fieldPath, fieldPath, (list, id) => {
        const parts: readonly FieldPart[] = [
          { kind: 'text', text: 'q.a/' },
          { kind: 'field', names: id, alphabet: 'slug' },
        ];
        const inner = id.join('.');
        expect(parseFilter(`${list.join('.')}[*] by can_view on content:q.a/{${inner}}`, alphabetOf)).toMatchObject({
          kind: 'filter',
          filter: { list, relation: 'can_view', type: 'content', id: parts },
        });
        expect(parseRegisters(`content:q.a/{response.${inner}}`, alphabetOf)).toMatchObject({
          kind: 'registers',
          sentence: { type: 'content', parts, isPrivate: false },
        });
      }),
    );
  });

  it('has fields that lie at most eight deep', () => {
    const deep = Array.from({ length: 9 }, () => 'a').join('.');
    expect(parseRegisters(`content:q.a/{response.${deep}}`, alphabetOf)).toMatchObject({ kind: 'fault', at: 12 });
    expect(parseFilter(`${deep}[*] by can_view on content:q.a/{id}`, alphabetOf)).toMatchObject({
      kind: 'fault',
      at: 0,
    });
  });
});
