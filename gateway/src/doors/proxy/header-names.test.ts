import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isManagedHeader, managedHeaders } from '@gatehouse/policies/routes/managed-headers';
import { headerKind } from './header-names.ts';

const names = managedHeaders.map((name) => (name.endsWith('*') ? `${name.slice(0, -1)}x` : name));

describe('names of headers', () => {
  it.each(names)('%s, which no rule may set, never passes as the client sent it', (name) => {
    expect(headerKind(name)).not.toBe('pass');
  });

  it('that the gateway takes out or reads are those that no rule may set, in every spelling', () => {
    const known = fc.constantFrom(
      ...names,
      'x-own',
      'accept',
      'x-forwardedness',
      'gatehouses',
      'remote-users',
      'range',
    );
    const spelled = fc
      .tuple(known, fc.constantFrom('-', '_', '.'), fc.boolean())
      .map(([name, mark, isUpper]) =>
        name.replaceAll('-', mark).replace(/^./, (one) => (isUpper ? one.toUpperCase() : one)),
      );
    // Other names with marks are dropped as well: nobody can tell how the application reads them.
    const isPlain = (name: string): boolean => /^[a-z0-9-]+$/i.test(name);
    fc.assert(
      fc.property(spelled, (name) => {
        const isTaken = headerKind(name) !== 'pass';
        expect({ name, isTaken }).toEqual({ name, isTaken: isManagedHeader(name) || !isPlain(name) });
      }),
    );
  });
});
