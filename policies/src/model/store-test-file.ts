import { dirname, extname, relative, resolve, sep } from 'node:path';
import { readFile, realpath } from 'node:fs/promises';
import { z } from 'zod';
import { compileModel } from './compiled.ts';
import { inlineSource } from './source.ts';
import { linedYaml } from './yaml-lines.ts';
import { loadModel } from './load.ts';
import { ModelError } from './problem.ts';
import { parseSource } from './parse.ts';
import type { CompiledModel } from './compiled.ts';
import type { LinedYaml } from './yaml-lines.ts';
import type { Ref, Tuple } from '../engine/engine.ts';

const notYet = (what: string) => z.undefined({ error: `${what} is not yet supported` }).optional();

const tupleSchema = z.strictObject({
  user: z.string(),
  relation: z.string(),
  object: z.string(),
  condition: notYet('a condition'),
});
const withTuples = {
  tuples: z.array(tupleSchema).optional(),
  tuple_file: z.string().optional(),
  tuple_files: z.array(z.string()).optional(),
};

const checkSchema = z
  .strictObject({
    user: z.string().optional(),
    users: z.array(z.string()).nonempty().optional(),
    object: z.string().optional(),
    objects: z.array(z.string()).nonempty().optional(),
    context: notYet('context'),
    assertions: z.record(z.string(), z.boolean()),
  })
  .refine(({ user, users }) => (user === undefined) !== (users === undefined), { error: 'give either user or users' })
  .refine(({ object, objects }) => (object === undefined) !== (objects === undefined), {
    error: 'give either object or objects',
  });

const listObjectsSchema = z.strictObject({
  user: z.string(),
  type: z.string(),
  context: notYet('context'),
  assertions: z.record(z.string(), z.array(z.string())),
});
const listUsersSchema = z.strictObject({
  object: z.string(),
  user_filter: z.array(z.strictObject({ type: z.string(), relation: z.string().optional() })).length(1),
  context: notYet('context'),
  assertions: z.record(z.string(), z.strictObject({ users: z.array(z.string()) })),
});
const testSchema = z.strictObject({
  name: z.string().optional(),
  description: z.string().optional(),
  ...withTuples,
  check: z.array(checkSchema).optional(),
  list_objects: z.array(listObjectsSchema).optional(),
  list_users: z.array(listUsersSchema).optional(),
});
const fileSchema = z
  .strictObject({
    name: z.string().optional(),
    model: z.string().optional(),
    model_file: z.string().optional(),
    ...withTuples,
    tests: z.array(testSchema).nonempty(),
  })
  .refine(({ model, model_file }) => (model === undefined) !== (model_file === undefined), {
    error: 'give either model or model_file',
  });

export type StoreTest = z.infer<typeof testSchema>;
type WithTuples = z.infer<z.ZodObject<typeof withTuples>>;

/** A tuple with the place it was read from. */
export type PlacedTuple = { readonly tuple: Tuple; readonly file: string; readonly line: number };

export type StoreTestFile = {
  readonly name: string;
  readonly model: CompiledModel;
  readonly tuples: readonly PlacedTuple[];
  readonly tests: readonly { readonly test: StoreTest; readonly tuples: readonly PlacedTuple[] }[];
  readonly lineOf: LinedYaml['lineOf'];
};

/**
 * Reads a `*.fga.yaml` file with its model and tuple files, which must lie in the file's own folder or below.
 * Throws {@link ModelError}: what is not supported, malformed or missing is an error, never skipped.
 */
export const readStoreTestFile = async (path: string, shownAs: string): Promise<StoreTestFile> => {
  const lined = linedYaml(await readText(path, shownAs, 0));
  const parsed = parseAs(fileSchema, lined, shownAs);
  const near: Near = { path, shownAs, lineOf: lined.lineOf };
  return {
    name: parsed.name ?? shownAs,
    model: await modelOf(parsed, near),
    tuples: await tuplesOf(parsed, near, []),
    tests: await Promise.all(
      parsed.tests.map(async (test, at) => ({ test, tuples: await tuplesOf(test, near, ['tests', at]) })),
    ),
    lineOf: lined.lineOf,
  };
};

type Near = { readonly path: string; readonly shownAs: string; readonly lineOf: LinedYaml['lineOf'] };

const parseAs = <S extends z.ZodType>(schema: S, lined: LinedYaml, file: string): z.infer<S> => {
  if (lined.syntaxError) throw new ModelError([{ file, ...lined.syntaxError }]);
  const result = schema.safeParse(lined.value);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => ({
    file,
    line: lined.lineOf(path),
    message: path.length === 0 ? message : `${path.join('.')}: ${message}`,
  }));
  throw new ModelError(problems);
};

const modelOf = async (
  { model, model_file: file }: { model?: string | undefined; model_file?: string | undefined },
  near: Near,
): Promise<CompiledModel> => {
  if (file === undefined) {
    return inlineModel(model!, near);
  }
  const path = await contained(file, near, ['model_file']);
  if (!['.fga', '.mod'].includes(extname(path)))
    throw problemAt(near, ['model_file'], `${file}: a model is a .fga file or fga.mod`);
  return (await loadModel(path)).model;
};

const inlineModel = async (text: string, { shownAs, lineOf }: Near): Promise<CompiledModel> => {
  const source = inlineSource(shownAs, text);
  try {
    return compileModel(await parseSource(source), source);
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    // The text begins on the line below `model: |`.
    throw new ModelError(error.problems.map((problem) => ({ ...problem, line: problem.line + lineOf(['model']) })));
  }
};

const tuplesOf = async (from: WithTuples, near: Near, at: readonly PropertyKey[]): Promise<readonly PlacedTuple[]> => {
  const files = [
    ...(from.tuple_file === undefined ? [] : [{ name: from.tuple_file, at: [...at, 'tuple_file'] }]),
    ...(from.tuple_files ?? []).map((name, index) => ({ name, at: [...at, 'tuple_files', index] })),
  ];
  const read = await Promise.all(files.map(({ name, at: place }) => tupleFile(name, near, place)));
  const own = placed(from.tuples ?? [], near.shownAs, (index) => near.lineOf([...at, 'tuples', index]));
  return [...read.flat(), ...own];
};

const tupleFile = async (name: string, near: Near, at: readonly PropertyKey[]): Promise<readonly PlacedTuple[]> => {
  const path = await contained(name, near, at);
  if (!['.yaml', '.yml', '.json'].includes(extname(path)))
    throw problemAt(near, at, `${name}: tuple files are .yaml or .json`);
  // JSON is YAML, so one parser gives both their lines.
  const lined = linedYaml(await readText(path, name, 0));
  return placed(parseAs(z.array(tupleSchema), lined, name), name, (index) => lined.lineOf([index]));
};

const placed = (
  rows: readonly z.infer<typeof tupleSchema>[],
  file: string,
  lineOf: (index: number) => number,
): readonly PlacedTuple[] =>
  rows.map(({ user, relation, object }, index) => ({
    tuple: { subject: user as Ref, relation, object: object as Ref },
    file,
    line: lineOf(index),
  }));

const problemAt = (near: Near, at: readonly PropertyKey[], message: string): ModelError =>
  new ModelError([{ file: near.shownAs, line: near.lineOf(at), message }]);

/** The real path of a file in the test's own folder tree; links that lead out of it are refused. */
const contained = async (name: string, near: Near, at: readonly PropertyKey[]): Promise<string> => {
  const folder = await realpath(dirname(resolve(near.path)));
  const outside = (path: string): boolean => {
    const way = relative(folder, path);
    return way === '' || way === '..' || way.startsWith(`..${sep}`) || resolve(folder, way) !== path;
  };
  const wanted = resolve(folder, name);
  if (outside(wanted)) throw problemAt(near, at, `${name} lies outside the folder of ${near.shownAs}`);
  const real = await realpath(wanted).catch(() => undefined);
  if (real === undefined) throw problemAt(near, at, `${name} does not exist`);
  if (outside(real)) throw problemAt(near, at, `${name} leads outside the folder of ${near.shownAs}`);
  return real;
};

const readText = async (path: string, file: string, line: number): Promise<string> => {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new ModelError([{ file, line, message: `cannot be read (${(error as NodeJS.ErrnoException).code})` }]);
  }
};
