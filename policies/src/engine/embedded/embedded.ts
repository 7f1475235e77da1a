import type { CompiledModel } from '../../model/compiled.ts';
import type { Engine, TupleStore } from '../engine.ts';

export type EmbeddedOptions = {
  readonly model: CompiledModel;
  /** Where tuples are kept; without it they live in memory only (tests, closed worlds). */
  readonly store?: TupleStore;
  /** Called after each page of `store.load()` with the number of tuples read so far. */
  readonly onProgress?: (tuples: number) => void;
};

/** The engine inside the process. Resolves when every stored tuple is in the index. */
export declare const embedded: (options: EmbeddedOptions) => Promise<Engine>;
