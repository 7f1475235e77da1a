import { compileModel } from '../src/model/compiled.ts';
import { inlineSource } from '../src/model/source.ts';
import { parseSource } from '../src/model/parse.ts';
import type { CompiledModel } from '../src/model/compiled.ts';
import type { Decision, Engine, Query, Ref, Tuple } from '../src/engine/engine.ts';

/** Types of a model in DSL, without the header. */
export const modelOf = async (types: string): Promise<CompiledModel> => {
  const source = inlineSource('model.fga', `model\n  schema 1.1\n${types}`);
  return compileModel(await parseSource(source), source);
};

/** `user:bob viewer organization:acme`, as it is read aloud. */
export const tupleOf = (text: string): Tuple => {
  const [subject, relation, object] = text.trim().split(/ +/) as [Ref, string, Ref];
  return { subject, relation, object };
};

export const queryOf = (text: string): Query => ({ ...tupleOf(text), consistency: 'fresh' });

/** A world to ask about. `earlier` are tuples that were written under an older model. */
export type World = {
  readonly model: CompiledModel;
  readonly earlier?: { readonly model: CompiledModel; readonly tuples: readonly Tuple[] };
};

/** Makes an engine over a new, empty world. */
export type MakeEngine = (world: World) => Promise<Engine>;

/** A verdict, or the code of a failure. */
export const outcome = (decision: Decision): string =>
  decision.verdict === 'failed' ? decision.code : decision.verdict;

/** The model of the contract's smaller parts. */
export const team = `
type user
type team
  relations
    define lead: [user]
    define member: [user, user:*, team#member] or lead
    define guest: [user]
    define can_view: member but not guest`;
