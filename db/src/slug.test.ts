import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSlug } from './slug.ts';

describe('readSlug', () => {
  it.each(['acme', 'a1', '42', 'acme-labs', 'anna', 'quantum-computing-group-of-the-north-40'])('takes %s', (slug) => {
    expect(readSlug(slug)).toEqual({ kind: 'slug', slug });
  });

  it.each([
    '',
    'a',
    'Acme',
    'acme_labs',
    '-acme',
    'acme-',
    'ac me',
    'acmé',
    'xn--acme',
    'ab--cd',
    'a'.repeat(41),
    'acme\n',
    'a.b',
    '../x',
  ])('refuses the form of %j', (slug) => {
    expect(readSlug(slug)).toEqual({ kind: 'refused', reason: 'form' });
  });

  it.each([
    'admin',
    'adm1n',
    'ad-min',
    'adrnin',
    'admln',
    'r00t',
    'vvww',
    'sign-in',
    'signin',
    's1gn-1n',
    'gatehouse',
    'gate-h0u5e',
    '0rg',
  ])('refuses %s, which is reserved or looks like it', (slug) => {
    expect(readSlug(slug)).toEqual({ kind: 'refused', reason: 'reserved' });
  });

  it('takes only what is a label of a host name and a segment of a path as it stands', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[a-z0-9-]{1,45}$/)), (text) => {
        if (readSlug(text).kind === 'refused') return;
        expect(encodeURIComponent(text)).toBe(text);
        expect(new URL(`http://${text}.example.com/`).hostname).toBe(`${text}.example.com`);
      }),
    );
  });
});
