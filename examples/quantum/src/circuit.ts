import { createHash } from 'node:crypto';
import type { Algorithm, Job, Result } from './algorithm.ts';

/** Chance that one gate layer on one qubit does no harm; made up, as is the whole machine. */
const fidelityPerQubit = 0.98;

/**
 * Pretends to search for one marked state, as Grover's algorithm does: the marked state is found with the textbook
 * probability times the machine's fidelity, and a wrong answer is one flipped bit away from it.
 * The same algorithm, version, input and shots always give the same counts.
 */
export const execute = (
  algorithm: Pick<Algorithm, 'id' | 'version' | 'qubits'>,
  job: Pick<Job, 'shots' | 'input'>,
): Result => {
  const digest = createHash('sha256')
    .update(JSON.stringify([algorithm.id, algorithm.version, job.input, job.shots]))
    .digest();
  const marked = bitsOf(digest, algorithm.qubits);
  const chance = groverChance(algorithm.qubits) * fidelityPerQubit ** algorithm.qubits;
  const random = randomFrom(digest.readUInt32LE(28));
  const counts = new Map<string, number>();
  for (let shot = 0; shot < job.shots; shot += 1) {
    const measured = random() < chance ? marked : flipped(marked, Math.floor(random() * marked.length));
    counts.set(measured, (counts.get(measured) ?? 0) + 1);
  }
  const ranked = [...counts].toSorted(([, left], [, right]) => right - left);
  return { counts: Object.fromEntries(ranked), most_frequent: ranked[0]?.[0] ?? marked };
};

/** sin²((2k+1)θ) for the best number k of iterations among 2^qubits states. */
const groverChance = (qubits: number): number => {
  const angle = Math.asin(2 ** (-qubits / 2));
  const iterations = Math.max(0, Math.round(Math.PI / (4 * angle) - 0.5));
  return Math.sin((2 * iterations + 1) * angle) ** 2;
};

const bitsOf = (digest: Buffer, count: number): string =>
  [...digest.subarray(0, Math.ceil(count / 8))]
    .map((byte) => byte.toString(2).padStart(8, '0'))
    .join('')
    .slice(0, count);

const flipped = (bits: string, at: number): string =>
  bits.slice(0, at) + (bits[at] === '0' ? '1' : '0') + bits.slice(at + 1);

/** mulberry32: small, seeded, good enough for counts that nobody believes. */
const randomFrom = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};
