import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTokenText, tokenText } from './token-text.ts';

const entropy = fc.uint8Array({ minLength: 32, maxLength: 32 });
const kind = fc.constantFrom('pat' as const, 'org' as const, 'enr' as const);

describe('token text', () => {
  it('has the documented form', () => {
    expect(tokenText('pat')).toMatch(/^gth_pat_[0-9A-Za-z]{49}$/);
    expect(tokenText('org')).toMatch(/^gth_org_[0-9A-Za-z]{49}$/);
  });

  it('is the same for the same entropy and another for other entropy', () => {
    expect(tokenText('pat', Buffer.alloc(32, 1))).toBe(tokenText('pat', Buffer.alloc(32, 1)));
    expect(tokenText('pat', Buffer.alloc(32, 1))).not.toBe(tokenText('pat', Buffer.alloc(32, 2)));
    expect(tokenText('pat')).not.toBe(tokenText('pat'));
  });

  it('is complete for every entropy, the smallest and the largest included', () => {
    fc.assert(fc.property(kind, entropy, (name, bytes) => isTokenText(tokenText(name, bytes))));
    expect(isTokenText(tokenText('pat', Buffer.alloc(32, 0)))).toBe(true);
    expect(isTokenText(tokenText('pat', Buffer.alloc(32, 255)))).toBe(true);
  });

  it('is refused when a single character changed', () => {
    fc.assert(
      fc.property(
        kind,
        entropy,
        fc.nat(56),
        fc.constantFrom('A', 'b', '7', '_', ' '),
        (name, bytes, at, replacement) => {
          const text = tokenText(name, bytes);
          const changed = text.slice(0, at) + replacement + text.slice(at + 1);
          return changed === text || !isTokenText(changed);
        },
      ),
    );
  });

  it.each([
    '',
    'gth_pat_',
    'bearer',
    'gth_pat_' + 'a'.repeat(48),
    'gth_xxx_' + 'a'.repeat(49),
    'gth_pat_' + 'a'.repeat(49),
  ])('is refused when it is %j', (text) => {
    expect(isTokenText(text)).toBe(false);
  });
});
