import { ModelError } from './problem.ts';
import { nearest } from './suggest.ts';
import { locator } from './locate.ts';
import type { ModelJson, RelationMetadataJson, TypeJson, UsersetJson } from './json.ts';
import type { ModelProblem } from './problem.ts';
import type { Place } from './locate.ts';
import type { ModelSource } from './source.ts';

/**
 * Text to OpenFGA's JSON, modules merged. Throws {@link ModelError} for syntax and for modules that do not fit together.
 * The parser (antlr) is loaded here and not before: it costs 0.2 s of CPU.
 */
export const parseSource = async (source: ModelSource): Promise<ModelJson> => {
  const { default: syntax } = await import('@openfga/syntax-transformer');
  const problems: ModelProblem[] = [];
  const parsed: ParsedFile[] = [];
  for (const file of source.files) {
    try {
      const { authorizationModel, typeDefExtensions } = syntax.transformer.transformModularDSLToJSONObject(file.text);
      parsed.push({
        name: file.name,
        json: authorizationModel as ModelJson,
        extended: new Set(typeDefExtensions.keys()),
      });
    } catch (error) {
      problems.push(...syntaxProblems(file, error));
    }
  }
  if (problems.length > 0) throw new ModelError(problems);
  return source.isModular ? merge(parsed, source) : whole(parsed[0]!);
};

type ParsedFile = { readonly name: string; readonly json: ModelJson; readonly extended: ReadonlySet<string> };

const syntaxProblems = (
  file: { readonly name: string; readonly text: string },
  error: unknown,
): readonly ModelProblem[] => {
  const { errors } = error as { errors?: readonly { line?: { start: number }; msg: string }[] };
  if (!errors) throw error;
  const rows = file.text.split('\n');
  return errors.map(({ line, msg }) => {
    const row = rows[line?.start ?? 0] ?? '';
    const operators = new Set(row.replace(/#.*/, '').match(/\b(or|and|but not)\b/g));
    const hint = operators.size > 1 ? ' (different operators in one definition need parentheses)' : '';
    return { file: file.name, line: (line?.start ?? 0) + 1, message: `${msg}${hint}` };
  });
};

/** A single file needs a model header; a module on its own has no schema. */
const whole = ({ name, json }: ParsedFile): ModelJson => {
  if (!json.schema_version)
    throw new ModelError([
      {
        file: name,
        line: 1,
        message: 'a single file starts with "model" and "schema 1.1"; a module belongs into fga.mod',
      },
    ]);
  return json;
};

type Draft = {
  type: string;
  relations: Record<string, UsersetJson>;
  metadata: { module?: string; relations: Record<string, RelationMetadataJson> };
};

const merge = (files: readonly ParsedFile[], source: ModelSource): ModelJson => {
  const problems: ModelProblem[] = [];
  const drafts = new Map<string, Draft>();
  const conditions: Record<string, unknown> = {};
  for (const { name, json, extended } of files) {
    if (json.schema_version)
      problems.push({ file: name, line: 1, message: 'a file of fga.mod starts with "module NAME", not with "model"' });
    Object.assign(conditions, json.conditions);
    for (const definition of json.type_definitions) {
      if (extended.has(definition.type)) continue;
      if (drafts.has(definition.type))
        problems.push({
          ...lineOf(source, name, definition.type),
          message: `type ${definition.type} is defined twice`,
        });
      else drafts.set(definition.type, draft(definition));
    }
  }
  for (const file of files) problems.push(...extendTypes(file, drafts, source));
  if (problems.length > 0) throw new ModelError(problems);
  return { schema_version: '1.2', type_definitions: [...drafts.values()], conditions };
};

const draft = ({ type, relations, metadata }: TypeJson): Draft => ({
  type,
  relations: { ...relations },
  metadata: { ...metadata, relations: { ...metadata?.relations } },
});

const extendTypes = (
  { name, json, extended }: ParsedFile,
  drafts: Map<string, Draft>,
  source: ModelSource,
): readonly ModelProblem[] =>
  json.type_definitions
    .filter(({ type }) => extended.has(type))
    .flatMap((definition) => {
      const target = drafts.get(definition.type);
      if (target !== undefined)
        return extend(target, definition, (relation) => lineOf(source, name, definition.type, relation));
      const suggestion = nearest(definition.type, drafts.keys());
      const problem = {
        ...lineOf(source, name, definition.type),
        message: `extends unknown type "${definition.type}"`,
      };
      return [suggestion === undefined ? problem : { ...problem, suggestion }];
    });

const extend = (
  target: Draft,
  { type, relations, metadata }: TypeJson,
  at: (relation: string) => Place,
): readonly ModelProblem[] => {
  const problems: ModelProblem[] = [];
  for (const [relation, userset] of Object.entries(relations ?? {})) {
    if (Object.hasOwn(target.relations, relation)) {
      problems.push({ ...at(relation), message: `type ${type} already has a relation ${relation}` });
      continue;
    }
    target.relations[relation] = userset;
    target.metadata.relations[relation] = metadata?.relations?.[relation] ?? {};
  }
  return problems;
};

/** The place inside one file: an extension stands elsewhere than the type that it extends. */
const lineOf = (source: ModelSource, file: string, type: string, relation?: string): Place => {
  const files = source.files
    .filter(({ name }) => name === file)
    .map(({ name, text }) => ({ name, text: text.replace(/^(\s*)extend type/gm, '$1type') }));
  return locator({ ...source, files })(type, relation);
};
