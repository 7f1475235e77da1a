import { compileModel } from '../src/model/compiled.ts';
import { inlineSource } from '../src/model/source.ts';
import { parseSource } from '../src/model/parse.ts';
import type { CompiledModel } from '../src/model/compiled.ts';
import type { Query, Ref, Tuple } from '../src/engine/engine.ts';

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
