import { nearest } from '../model/suggest.ts';
import { checkObject, checkRelation, checkTemplate } from './check-sentence.ts';
import { parseFilter } from './filter-sentence.ts';
import { parseRegisters } from './registers.ts';
import { refuseSyntax, refuseValue } from './rule-draft.ts';
import { parseTemplate } from './template.ts';
import type { SentenceContext, SentenceFault } from './check-sentence.ts';
import type { RegistersSentence } from './registers.ts';
import type { RuleDraft, RuleKey } from './rule-draft.ts';
import type { FieldPart, RuleOptions } from './rule.ts';

/** `registers`: what a 2xx answer makes known. */
export const readRegisters = (draft: RuleDraft, text: string): RuleOptions | undefined => {
  const parsed = parseRegisters(text, draft.place.compiling.alphabetOf);
  if (parsed.kind === 'fault') return refuseSyntax(draft, 'registers', parsed);
  const { parts, title, granting, isPrivate } = parsed.sentence;
  if (!isSound(draft, 'registers', text, registersFaults(parsed.sentence, text, contextOf(draft)))) return undefined;
  noteFields(draft, parts);
  const { kind, id } = splitContent(parts, draft.place.compiling.data.app);
  const clauses = { ...(title && { title }), ...(granting && { granting }), isPrivate };
  return { registers: { contentKind: kind, id, ...clauses, text } };
};

/** `forgets`: the content that is gone after a 2xx answer. */
export const readForgets = (draft: RuleDraft, text: string): RuleOptions | undefined => {
  const parsed = parseTemplate(text);
  if (parsed.kind === 'fault') return refuseSyntax(draft, 'forgets', parsed);
  const { template } = parsed;
  const faults = [
    ...onlyContent(template.type, text, 'forgotten', contextOf(draft)),
    ...checkTemplate(template, contextOf(draft)),
    ...template.parts.flatMap((part) => strayQuery(part, draft.allow)),
  ];
  return isSound(draft, 'forgets', text, faults) ? { forgets: template } : undefined;
};

/** `filter`: which elements of a list the caller gets to see. */
export const readFilter = (draft: RuleDraft, text: string): RuleOptions | undefined => {
  const parsed = parseFilter(text, draft.place.compiling.alphabetOf);
  if (parsed.kind === 'fault') return refuseSyntax(draft, 'filter', parsed);
  const { relation, type, id } = parsed.filter;
  const context = contextOf(draft);
  const faults = [
    ...checkObject({ type, parts: id, text: `${type}:` }, context),
    ...checkRelation(relation, type, context.model),
    ...(id.some(({ kind }) => kind === 'field')
      ? []
      : [{ near: `${type}:`, message: 'the object names no field, so every element would be answered alike' }]),
  ];
  if (!isSound(draft, 'filter', text, faults)) return undefined;
  noteFields(draft, id);
  return { filter: parsed.filter };
};

/** `acting`: what is asked on the acting account in place of what the effects ask by themselves. */
export const readActing = (draft: RuleDraft, relation: string): RuleOptions | undefined => {
  const faults = checkRelation(relation, 'organization', draft.place.compiling.model);
  return isSound(draft, 'acting', relation, faults) ? { acting: relation } : undefined;
};

const contextOf = ({ place: { compiling }, params }: RuleDraft): SentenceContext => ({
  app: compiling.data.app,
  model: compiling.model,
  params,
});

const isSound = (draft: RuleDraft, key: RuleKey, text: string, faults: readonly SentenceFault[]): boolean => {
  for (const { near, ...fault } of faults)
    refuseValue(draft, key, { ...fault, offset: Math.max(0, text.indexOf(near)) });
  return faults.length === 0;
};

/** A parameter that is declared for a field's alphabet is used, though it stands in no path. */
const noteFields = ({ place }: RuleDraft, parts: readonly FieldPart[]): void => {
  for (const part of parts) if (part.kind === 'field') place.compiling.used.add(part.names.at(-1) ?? '');
};

const registersFaults = (
  { type, parts, title = [] }: RegistersSentence,
  text: string,
  context: SentenceContext,
): readonly SentenceFault[] => {
  const unknown = [...parts, ...title].flatMap((part) =>
    part.kind === 'param' && !context.params.includes(part.name) ? [part.name] : [],
  );
  return [
    ...onlyContent(type, text, 'registered', context),
    ...checkObject({ type, parts, text }, context),
    ...unknown.map((name) => unknownParam(name, context.params)),
    ...(parts.some((part) => part.kind === 'text' && part.text.includes('@'))
      ? [{ near: '@', message: 'no id that is registered holds "@": it parts a version from its content' }]
      : []),
    ...(parts.some(({ kind }) => kind !== 'text')
      ? []
      : [
          { near: text, message: 'every request would register the same; the id needs {response.NAME} or a parameter' },
        ]),
  ];
};

const unknownParam = (name: string, params: readonly string[]): SentenceFault => ({
  near: `{${name}}`,
  message: `neither path nor host has a parameter {${name}}; a field of the answer is written {response.${name}}`,
  suggestion: nearest(name, params),
});

const onlyContent = (
  type: string,
  text: string,
  done: 'registered' | 'forgotten',
  { app, model }: SentenceContext,
): readonly SentenceFault[] => {
  if (type === 'content' || !model.hasType(type)) return [];
  return [{ near: text, message: `only content can be ${done}: content:${app}.KIND/ID` }];
};

/** The parameters that `allow` asks about are known to occur once; others are not looked at before the application has answered. */
const strayQuery = (
  part: { readonly kind: string; readonly name?: string },
  allow: string,
): readonly SentenceFault[] => {
  const piece = `{query.${part.name}}`;
  if (part.kind !== 'query' || allow.includes(piece)) return [];
  return [
    { near: piece, message: `${piece} has to stand in \`allow\` as well, where it is read before anything is done` },
  ];
};

/** `quantum.algorithm/` and what stands behind it. */
const splitContent = (
  [first, ...others]: readonly FieldPart[],
  app: string,
): { readonly kind: string; readonly id: readonly FieldPart[] } => {
  const start = first?.kind === 'text' ? first.text.slice(app.length + 1) : '';
  const slash = start.indexOf('/');
  const text = start.slice(slash + 1);
  return { kind: start.slice(0, slash), id: text === '' ? others : [{ kind: 'text', text }, ...others] };
};
