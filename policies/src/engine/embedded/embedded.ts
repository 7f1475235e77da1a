import { compileProgram } from './program.ts';
import { blankQuestion, evaluator } from './evaluate.ts';
import { depthMax, isFalse, isTooDeep, isTrue, isUndefined } from './scratch.ts';
import { questionReader } from './question.ts';
import { refusalOf } from './change.ts';
import { tracer } from './trace.ts';
import { tupleIndex } from './tuple-index.ts';
import type { Answer } from './scratch.ts';
import type { Refusal } from './change.ts';
import type { Program } from './program.ts';
import type { TupleIndex } from './tuple-index.ts';
import type { CompiledModel } from '../../model/compiled.ts';
import type {
  Decision,
  Engine,
  Explanation,
  Query,
  Tuple,
  TupleChange,
  TupleFilter,
  TupleStore,
  Written,
} from '../engine.ts';

export type EmbeddedOptions = {
  readonly model: CompiledModel;
  /** Where tuples are kept; without it they live in memory only (tests, closed worlds). */
  readonly store?: TupleStore;
  /** Called after each page of `store.load()` with the number of tuples read so far. */
  readonly onProgress?: (tuples: number) => void;
};

/** Why the engine would refuse these tuples, however many they are; undefined when it would not. */
export type RefusalOf = (change: TupleChange) => Refusal | undefined;

/** `committed`: what was; absent when nothing was. */
export type Mutated<Result> = {
  readonly result: Result;
  readonly committed?: { readonly change: TupleChange; readonly revision: string };
};

/**
 * Work that commits tuples together with other rows, in a transaction of its own. Whatever `refusalOf` names must not
 * be committed. It must not call `write` or `mutate`.
 */
export type Mutation<Result> = (refusalOf: RefusalOf) => Promise<Mutated<Result>>;

/** Everything but writes is synchronous here, and types say so. */
export type EmbeddedEngine = Omit<Engine, 'check' | 'checkMany' | 'explain' | 'read'> & {
  readonly check: (query: Query) => Decision;
  readonly checkMany: (queries: readonly Query[]) => readonly Decision[];
  readonly explain: (query: Query) => Explanation;
  readonly read: (filter: TupleFilter) => readonly Tuple[];
  /**
   * Runs `mutation` when every earlier write is in force; no other begins before it ends. What it committed is in force for
   * every question asked after the answer resolves, and for none before the commit. Rejects, with nothing changed,
   * when it does.
   */
  readonly mutate: <Result>(mutation: Mutation<Result>) => Promise<Result>;
};

/**
 * The engine inside the process: OpenFGA's Check over an index in memory. Resolves when every stored tuple is in the index.
 * Writes are serialised and enter the index only after the store committed them; when `commit` rejects, so does `write`,
 * and nothing has changed. The revision is the store's after a write, `0` before the first one.
 */
export const embedded = async ({ model, store, onProgress }: EmbeddedOptions): Promise<EmbeddedEngine> => {
  const program = compileProgram(model);
  const index = tupleIndex(program);
  const evaluate = evaluator(program, index.objects);
  const readQuestion = questionReader(program, index.objects);
  const asked = blankQuestion();
  let answers = decisions('0');
  await load(index, store, onProgress);

  const check = (query: Query): Decision => {
    const wrong = readQuestion(query, asked);
    return wrong === undefined ? answers[evaluate(asked, null)] : invalid(wrong);
  };
  const explain = (query: Query): Explanation => {
    const wrong = readQuestion(query, asked);
    if (wrong !== undefined) return { decision: invalid(wrong), path: [], excludedBy: [] };
    const trace = tracer(program, index.objects, query);
    const answer = evaluate(asked, trace);
    return {
      decision: answers[answer],
      path: answer === isTrue ? trace.path() : [],
      excludedBy: answer === isFalse ? trace.excludedBy() : [],
    };
  };
  const inForce = (revision: string): void => {
    answers = decisions(revision);
  };
  return {
    check,
    checkMany: (queries) => queries.map(check),
    explain,
    read: index.read,
    ...writing({ program, index, commit: store === undefined ? counter() : store.commit, inForce }),
  };
};

type WritingParts = {
  readonly program: Program;
  readonly index: TupleIndex;
  readonly commit: TupleStore['commit'];
  /** Called as soon as the index stands at this revision. */
  readonly inForce: (revision: string) => void;
};

/** What changes the index, one after the other. */
const writing = ({ program, index, commit, inForce }: WritingParts): Pick<EmbeddedEngine, 'write' | 'mutate'> => {
  const inTurn = turns();
  const apply = ({ deletes, writes }: TupleChange, revision: string): void => {
    for (const tuple of deletes) index.remove(tuple);
    for (const tuple of writes) index.add(tuple);
    inForce(revision);
  };
  const write = async (change: TupleChange): Promise<Written> => {
    const refusal = refusalOf(program, index, change);
    if (refusal !== undefined) return refusal;
    const revision = await commit(change);
    apply(change, revision);
    return { kind: 'written', revision };
  };
  return {
    write: ({ writes, deletes }) => {
      // A copy: what is applied after the commit must be what was checked before it.
      const change = { writes: [...writes], deletes: [...deletes] };
      return inTurn(() => write(change));
    },
    mutate: (mutation) =>
      inTurn(async () => {
        const { result, committed } = await mutation((change) => refusalOf(program, index, change, Infinity));
        if (committed !== undefined) apply(committed.change, committed.revision);
        return result;
      }),
  };
};

const load = async (
  index: TupleIndex,
  store: TupleStore | undefined,
  onProgress: EmbeddedOptions['onProgress'],
): Promise<void> => {
  if (store === undefined) return;
  let loaded = 0;
  for await (const page of store.load()) {
    for (const tuple of page) index.add(tuple);
    loaded += page.length;
    onProgress?.(loaded);
  }
};

/** Runs one task after the other, whether the one before succeeded or not. */
const turns = (): (<T>(task: () => Promise<T>) => Promise<T>) => {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const done = last.then(task);
    last = done.catch(() => undefined);
    return done;
  };
};

/** Revisions of a world that is kept nowhere. */
const counter = (): (() => Promise<string>) => {
  let writes = 0;
  return async () => String(++writes);
};

const invalid = (message: string): Decision => ({ verdict: 'failed', code: 'validation_error', message });

/** One decision per answer and revision, shared by all who get it: a check allocates nothing. */
const decisions = (revision: string): Readonly<Record<Answer, Decision>> => ({
  [isFalse]: { verdict: 'denied', revision },
  [isTrue]: { verdict: 'allowed', revision },
  [isUndefined]: { verdict: 'denied', revision },
  [isTooDeep]: {
    verdict: 'failed',
    code: 'authorization_model_resolution_too_complex',
    message: `the answer lies more than ${depthMax - 1} hops away`,
  },
});
