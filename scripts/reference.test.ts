import { describe, expect, it } from 'vitest';
import { referencePages, writtenPages } from './reference.ts';

describe('the reference', () => {
  it('says what the code says; if not, run npm run generate', () => {
    expect(writtenPages(new URL('../', import.meta.url))).toEqual(referencePages());
  });
});
