import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Filter } from '@gatehouse/policies/routes/rule';
import { damaged, nameOf, objectText, stringText, valueText } from '../answer-json/test/json-text.ts';
import type { MemberText } from '../answer-json/test/json-text.ts';
import { filterAnswer } from './filter-answer.ts';
import type { Filtered } from './filter-answer.ts';

const filter: Filter = {
  list: ['data', 'items'],
  relation: 'can_view',
  type: 'content',
  id: [
    { kind: 'text', text: 'quantum.algorithm/' },
    { kind: 'field', names: ['id'], alphabet: 'token' },
  ],
  text: 'data.items[*] by can_view on content:quantum.algorithm/{id}',
};

const ids = ['"a"', '"b"', String.raw`"\u0063"`, '7', '9007199254740993', '"A.b-_1"'];
const distinct = (members: readonly MemberText[]): boolean => new Set(members.map(nameOf)).size === members.length;

/** An object with the given member somewhere among others. */
const objectWith = (name: string, value: fc.Arbitrary<string>): fc.Arbitrary<string> => {
  const others = fc.array(fc.tuple(stringText, valueText), { maxLength: 3 });
  const members = fc.tuple(others, value, others).map(([a, text, b]): MemberText[] => [...a, [name, text], ...b]);
  return objectText(members.filter(distinct));
};

type Document = { readonly body: string; readonly elements: readonly string[] };

const list = fc
  .tuple(fc.array(objectWith('"id"', fc.constantFrom(...ids)), { maxLength: 8 }), fc.constantFrom('', ' ', '\n    '))
  .map(([elements, blank]): Document => ({
    elements,
    body: `[${elements.map((element) => `${blank}${element}`).join(`${blank},`)}${blank}]`,
  }));

const hole = '"the list"';
const shell = objectWith('"data"', objectWith('"items"', fc.constant(hole)));

const document = fc
  .tuple(list, shell)
  .filter(([, around]) => around.split(hole).length === 2)
  .map(([{ body, elements }, around]) => {
    const [before = '', behind = ''] = around.split(hole);
    return { before, behind, elements, body: `${before}${body}${behind}` };
  });

/** Objects that may be seen, of those that the lists are made of. */
const permissions = fc
  .subarray(['a', 'b', 'c', '7', '9007199254740993', 'A.b-_1'])
  .map((allowed) => new Set(allowed.map((id) => `content:quantum.algorithm/${id}`)));

const apply = (body: Buffer, allowed: ReadonlySet<string>): Filtered => {
  const result = filterAnswer(body, filter, {}, (objects) =>
    objects.map((object) => ({ verdict: allowed.has(object) ? 'allowed' : 'denied', revision: '1' }) as const),
  );
  if (result instanceof Promise) throw new Error('answered with a promise');
  return result;
};

const bodyOf = (result: Filtered): string => {
  if (result.kind !== 'filtered') throw new Error(`the answer is ${result.kind}`);
  return result.body.toString();
};

type Parsed = { data: { items: { id: string }[] } };

/** The platform's parser, told to leave every number as it is written. */
const asWritten = (text: string): unknown =>
  JSON.parse(text, (_name, value: unknown, context?: { source: string }) =>
    typeof value === 'number' ? context?.source : value,
  );

const isNaivelyAllowed = ({ id }: { id: string }, allowed: ReadonlySet<string>): boolean =>
  allowed.has(`content:quantum.algorithm/${id}`);

const naively = (body: Buffer, allowed: ReadonlySet<string>): unknown => {
  const value = asWritten(body.toString()) as Parsed;
  value.data.items = value.data.items.filter((item) => isNaivelyAllowed(item, allowed));
  return value;
};

describe('every answer', () => {
  it('becomes what a naive filter makes of it', () => {
    fc.assert(
      fc.property(document, permissions, ({ body }, allowed) => {
        const bytes = Buffer.from(body);
        expect(asWritten(bodyOf(apply(bytes, allowed)))).toEqual(naively(bytes, allowed));
      }),
      { numRuns: 800 },
    );
  });

  it('keeps the bytes of each kept element, and of everything outside the list', () => {
    fc.assert(
      fc.property(document, permissions, ({ body, before, behind, elements }, allowed) => {
        const result = apply(Buffer.from(body), allowed);
        const kept = elements.filter((element) => isNaivelyAllowed(asWritten(element) as { id: string }, allowed));
        expect(result).toMatchObject({ kept: kept.length, total: elements.length });
        const text = bodyOf(result);
        expect(text.startsWith(before) && text.endsWith(behind)).toBe(true);
        const inside = text.slice(before.length, text.length - behind.length);
        expect(inside.replaceAll(/\s/g, '')).toBe(`[${kept.join(',')}]`.replaceAll(/\s/g, ''));
        let from = 0;
        for (const element of kept) {
          const at = inside.indexOf(element, from);
          expect(at).toBeGreaterThanOrEqual(from);
          from = at + element.length;
        }
      }),
      { numRuns: 800 },
    );
  });

  it('that is damaged is refused, or becomes what a naive filter makes of it', () => {
    const counts = { filtered: 0, unfilterable: 0, unavailable: 0 };
    fc.assert(
      fc.property(damaged(document.map(({ body }) => body)), permissions, (bytes, allowed) => {
        const result = apply(bytes, allowed);
        counts[result.kind] += 1;
        if (result.kind !== 'filtered') return;
        expect(asWritten(bodyOf(result))).toEqual(naively(bytes, allowed));
      }),
      { numRuns: 2_000 },
    );
    expect(counts.filtered).toBeGreaterThan(100);
    expect(counts.unfilterable).toBeGreaterThan(100);
    expect(counts.unavailable).toBe(0);
  });

  it('of arbitrary bytes is refused, and nothing is thrown', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        expect(apply(Buffer.from(bytes), new Set()).kind).toBe('unfilterable');
      }),
      { numRuns: 2_000 },
    );
  });
});
