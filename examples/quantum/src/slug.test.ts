import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { slug, uniqueSlug } from './slug.ts';

describe('slug', () => {
  it.each([
    ['QFT', 'qft'],
    ['Shor’s Algorithm', 'shor-s-algorithm'],
    ['  --Bernstein–Vazirani-- ', 'bernstein-vazirani'],
    ['Zählen über Äste', 'zahlen-uber-aste'],
    ['量子', 'algorithm'],
    ['../../etc/passwd', 'etc-passwd'],
  ])('makes %j to %j', (name, expected) => {
    expect(slug(name)).toBe(expected);
  });

  it('always obeys the alphabet of a slug', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => /^[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?$/.test(slug(name))),
    );
  });
});

describe('uniqueSlug', () => {
  it('gives every one of many equal names another id', () => {
    const taken = new Set<string>();
    for (let made = 0; made < 50; made += 1) taken.add(uniqueSlug('Grover', (id) => taken.has(id)));
    expect([...taken].slice(0, 3)).toEqual(['grover', 'grover-2', 'grover-3']);
    expect(taken.size).toBe(50);
  });
});
