import { describe, expect, it } from 'vitest';
import { seed } from './seed.ts';
import { store } from './store.ts';
import type { State } from './store.ts';

const without = (id: string) => (state: State) => {
  const algorithms = new Map(state.algorithms);
  algorithms.delete(id);
  return { state: { ...state, algorithms }, result: algorithms.size };
};

describe('store', () => {
  it('runs overlapping changes one after the other', async () => {
    const kept = store(seed());
    expect(await Promise.all([kept.change(without('qft')), kept.change(without('shor'))])).toEqual([2, 1]);
  });

  it('changes nothing when the state cannot be saved, and goes on', async () => {
    let isFull = true;
    const kept = store(seed(), async () => {
      if (isFull) throw new Error('disk full');
    });
    await expect(kept.change(without('qft'))).rejects.toThrow('disk full');
    expect(kept.state().algorithms.has('qft')).toBe(true);
    isFull = false;
    expect(await kept.change(without('qft'))).toBe(2);
  });

  it('shows a change only after it is saved', async () => {
    const seen: boolean[] = [];
    const kept = store(seed(), async () => void seen.push(kept.state().algorithms.has('qft')));
    await kept.change(without('qft'));
    expect([...seen, kept.state().algorithms.has('qft')]).toEqual([true, false]);
  });

  it('saves nothing when nothing changes', async () => {
    let saves = 0;
    const kept = store(seed(), async () => void (saves += 1));
    await kept.change((state) => ({ state, result: null }));
    expect(saves).toBe(0);
  });
});
