import { isPermission } from '../model/relation.ts';
import { nearest } from '../model/suggest.ts';
import { obeys } from './alphabet.ts';
import { permissionsIn, templatesOf } from './rule.ts';
import type { CompiledModel } from '../model/compiled.ts';
import type { ObjectTemplate, Part, PermissionSentence, Sentence } from './rule.ts';

/** The part of a model that names are checked against. */
export type ModelNames = Pick<CompiledModel, 'types' | 'hasType' | 'relationsOf' | 'hasRelation' | 'parentsOf'>;

/** `near` is a piece of the sentence's text, so that its place can be found. */
export type SentenceFault = {
  readonly near: string;
  readonly message: string;
  readonly suggestion?: string | undefined;
};

export type SentenceContext = { readonly app: string; readonly model: ModelNames; readonly params: readonly string[] };

/** Everything in a sentence that the model, the application or the rule's own path and host do not have. */
export const checkSentence = (sentence: Sentence, context: SentenceContext): readonly SentenceFault[] =>
  permissionsIn(sentence).flatMap((permission) => checkPermission(permission, context));

/** The parameters and the query names that a sentence uses; `{account}` stands for the parameter of that name. */
export const placeholdersOf = (sentence: Sentence): readonly Part[] =>
  permissionsIn(sentence)
    .flatMap(templatesOf)
    .flatMap(({ parts }) => parts.filter(({ kind }) => kind !== 'text'));

const checkPermission = (permission: PermissionSentence, context: SentenceContext): readonly SentenceFault[] => {
  const { object, within } = permission;
  return [
    ...checkTemplate(object, context),
    ...checkRelation(permission, context.model),
    ...(within === undefined
      ? []
      : [...checkTemplate(within, context), ...checkWithin(permission, within, context.model)]),
  ];
};

const checkTemplate = (template: ObjectTemplate, { app, model, params }: SentenceContext): readonly SentenceFault[] => {
  const { type, parts, text } = template;
  if (!model.hasType(type))
    return [{ near: text, message: `the model has no type "${type}"`, suggestion: nearest(type, model.types) }];
  const unknown = parts.flatMap((part) => (part.kind === 'param' && !params.includes(part.name) ? [part.name] : []));
  return [
    ...unknown.map((name) => ({
      near: `{${name}}`,
      message: `neither path nor host has a parameter {${name}}`,
      suggestion: nearest(name, params),
    })),
    ...(type === 'content' || type === 'content_version' ? checkPrefix(template, app) : []),
    ...(type === 'organization' ? checkOrganization(template) : []),
  ];
};

/** Two applications' `algorithm/42` never meet, and a file speaks of its own application's content alone. */
const checkPrefix = ({ type, parts: [first], text }: ObjectTemplate, app: string): readonly SentenceFault[] => {
  const start = first?.kind === 'text' ? first.text : '';
  if (/^[a-z0-9][a-z0-9_-]*\//.test(start.startsWith(`${app}.`) ? start.slice(app.length + 1) : '')) return [];
  return [{ near: text, message: `content of the application "${app}" is written ${type}:${app}.KIND/ID` }];
};

const checkOrganization = ({ parts, text }: ObjectTemplate): readonly SentenceFault[] => {
  const [only] = parts;
  if (parts.length > 1)
    return [{ near: text, message: 'an organization is named by one slug: text or one placeholder' }];
  if (only?.kind === 'text' && !obeys('slug', only.text))
    return [{ near: text, message: `"${only.text}" is not the slug of an account` }];
  return [];
};

const checkRelation = ({ relation, object }: PermissionSentence, model: ModelNames): readonly SentenceFault[] => {
  if (!model.hasType(object.type)) return [];
  const isKnown = model.hasRelation(object.type, relation);
  if (isKnown && isPermission(relation)) return [];
  const suggestion = nearest(relation, model.relationsOf(object.type).filter(isPermission));
  const near = `${relation} `;
  if (!isKnown) return [{ near, message: `the type "${object.type}" has no permission "${relation}"`, suggestion }];
  return [{ near, message: `"${relation}" is no permission; only can_… may be asked`, suggestion }];
};

const checkWithin = (
  { object }: PermissionSentence,
  within: ObjectTemplate,
  model: ModelNames,
): readonly SentenceFault[] => {
  if (!model.hasType(object.type) || !model.hasType(within.type)) return [];
  const reached = new Set([object.type]);
  for (const type of reached) for (const parent of model.parentsOf(type)) reached.add(parent);
  if (reached.has(within.type)) return [];
  return [
    {
      near: within.text,
      message: `no chain of parents leads from "${object.type}" to "${within.type}"`,
      suggestion: nearest(within.type, reached),
    },
  ];
};
