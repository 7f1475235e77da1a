import { compileModel } from './compiled.ts';
import { parseSource } from './parse.ts';
import { readModelSource } from './source.ts';
import type { CompiledModel } from './compiled.ts';
import type { ModelJson } from './json.ts';

/** Keeps parsed models by digest, so that a start with an unchanged model loads no parser. */
export type ParsedModels = {
  readonly get: (digest: string) => Promise<ModelJson | undefined>;
  readonly set: (digest: string, json: ModelJson) => Promise<void>;
};

/**
 * From files to a model that engines take: `path` is `fga.mod`, its folder, or a `.fga` file.
 * Throws `ModelError` with every problem, its file and line.
 */
export const loadModel = async (
  path: string,
  parsed?: ParsedModels,
): Promise<{ readonly model: CompiledModel; readonly json: ModelJson; readonly digest: string }> => {
  const source = await readModelSource(path);
  const kept = await parsed?.get(source.digest);
  const json = kept ?? (await parseSource(source));
  const model = compileModel(json, source);
  if (kept === undefined) await parsed?.set(source.digest, json);
  return { model, json, digest: source.digest };
};
