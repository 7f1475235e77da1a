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
    ...checkRelation(permission.relation, object.type, context.model),
    ...(within === undefined
      ? []
      : [...checkTemplate(within, context), ...checkWithin(permission, within, context.model)]),
  ];
};

/** The same for one object: its type, its parameters, and whose content it is. */
export const checkTemplate = (template: ObjectTemplate, context: SentenceContext): readonly SentenceFault[] => {
  const { type, parts } = template;
  const { model, params } = context;
  const unknown = parts.flatMap((part) => (part.kind === 'param' && !params.includes(part.name) ? [part.name] : []));
  const faults = checkObject(template, context);
  if (!model.hasType(type)) return faults;
  return [
    ...unknown.map((name) => ({
      near: `{${name}}`,
      message: `neither path nor host has a parameter {${name}}`,
      suggestion: nearest(name, params),
    })),
    ...faults,
    ...(type === 'organization' ? checkOrganization(template) : []),
  ];
};

/** An object's type and prefix, whatever its placeholders are; `text` is what a fault is near. */
export const checkObject = (
  { type, parts, text }: { readonly type: string; readonly parts: readonly AnyPart[]; readonly text: string },
  { app, model }: SentenceContext,
): readonly SentenceFault[] => {
  if (!model.hasType(type))
    return [{ near: text, message: `the model has no type "${type}"`, suggestion: nearest(type, model.types) }];
  if (type !== 'content' && type !== 'content_version') return [];
  return checkPrefix(type, parts, text, app);
};

type AnyPart = { readonly kind: string; readonly text?: string };

/** Two applications' `algorithm/42` never meet, and a file speaks of its own application's content alone. */
const checkPrefix = (
  type: string,
  [first]: readonly AnyPart[],
  text: string,
  app: string,
): readonly SentenceFault[] => {
  const start = first?.text ?? '';
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

/** That a permission may be asked on objects of a type; nothing about a type that the model does not have. */
export const checkRelation = (relation: string, type: string, model: ModelNames): readonly SentenceFault[] => {
  if (!model.hasType(type)) return [];
  const isKnown = model.hasRelation(type, relation);
  if (isKnown && isPermission(relation)) return [];
  const suggestion = nearest(relation, model.relationsOf(type).filter(isPermission));
  const near = `${relation} `;
  if (!isKnown) return [{ near, message: `the type "${type}" has no permission "${relation}"`, suggestion }];
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
