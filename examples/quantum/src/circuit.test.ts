import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { execute } from './circuit.ts';

const grover = { id: 'grover', version: '1.0.0', qubits: 5 };

describe('execute', () => {
  it('gives the same counts for the same job', () => {
    expect(execute(grover, { shots: 500, input: 'a' })).toEqual(execute(grover, { shots: 500, input: 'a' }));
  });

  it('looks for another state when the input is another', () => {
    const found = ['a', 'b', 'c', 'd'].map((input) => execute(grover, { shots: 500, input }).most_frequent);
    expect(new Set(found).size).toBeGreaterThan(1);
  });

  it('counts every shot once, in bit strings of the right length', () => {
    const sizes = fc.record({
      qubits: fc.integer({ min: 1, max: 64 }),
      shots: fc.integer({ min: 1, max: 200 }),
      input: fc.string(),
    });
    fc.assert(
      fc.property(sizes, ({ qubits, shots, input }) => {
        const { counts } = execute({ ...grover, qubits }, { shots, input });
        const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
        return total === shots && Object.keys(counts).every((bits) => bits.length === qubits && /^[01]+$/.test(bits));
      }),
    );
  });
});
