import type { Algorithm } from './algorithm.ts';
import type { State } from './store.ts';

const since = '2026-01-01T00:00:00.000Z';

const algorithm = (id: string, name: string, description: string, version: string, qubits: number): Algorithm => ({
  id,
  name,
  description,
  version,
  qubits,
  created_at: since,
  updated_at: since,
  created_by: null,
});

const algorithms = [
  algorithm('qft', 'Quantum Fourier Transform', 'Turns amplitudes into frequencies.', '1.2.0', 8),
  algorithm('grover', 'Grover Search', 'Finds a marked state among N in about √N steps.', '2.0.1', 5),
  algorithm('shor', 'Shor Factoring', 'Finds the period that gives the factors away.', '0.9.0', 12),
];

/** What a service without a data file starts with. */
export const seed = (): State => ({
  algorithms: new Map(algorithms.map((each) => [each.id, each])),
  jobs: new Map(),
});
