import { routeProblem } from './problem.ts';
import { permissionsIn, templatesOf } from './rule.ts';
import type { Awaitable } from '../engine/engine.ts';
import type { PlacedRule } from './compile-rule.ts';
import type { RouteProblem } from './problem.ts';
import type { ObjectTemplate, Rule, Sentence } from './rule.ts';

/** The id of the account with this slug; undefined when there is none. */
export type AccountId = (slug: string) => Awaitable<string | undefined>;

export type AccountsBound = { readonly rules: readonly Rule[]; readonly warnings: readonly RouteProblem[] };

/**
 * Puts ids in the place of the slugs that rules name (`organization:acme`), because tuples carry ids alone. The text stays
 * as it was written. A slug without an account stays in place as well, so that its rules refuse everybody, and is warned
 * about where each file names it first: on a fresh installation nobody could make the account otherwise.
 */
export const bindAccounts = async (placed: readonly PlacedRule[], accountId: AccountId): Promise<AccountsBound> => {
  const ids = new Map<string, string | undefined>();
  const warnings = new Map<string, RouteProblem>();
  for (const { rule, sentenceAt } of placed)
    for (const [key, sentence] of sentencesOf(rule))
      for (const slug of slugsIn(sentence)) {
        if (!ids.has(slug)) ids.set(slug, await accountId(slug));
        const warned = JSON.stringify([rule.file, slug]);
        if (ids.get(slug) !== undefined || warnings.has(warned)) continue;
        const message = `there is no account "${slug}": rules that ask about it refuse everybody`;
        warnings.set(warned, routeProblem(rule.file, sentenceAt(key, `organization:${slug}`), message));
      }
  return {
    rules: placed.map(({ rule }) => (isBound(rule, ids) ? bindRule(rule, ids) : rule)),
    warnings: [...warnings.values()],
  };
};

/** Rules that name no account that there is stay the same objects. */
const isBound = (rule: Rule, ids: ReadonlyMap<string, string | undefined>): boolean =>
  ids.size > 0 &&
  sentencesOf(rule).some(([, sentence]) => slugsIn(sentence).some((slug) => ids.get(slug) !== undefined));

const sentencesOf = ({ allow, candidate }: Rule): readonly (readonly ['allow' | 'candidate', Sentence])[] =>
  candidate === undefined
    ? [['allow', allow]]
    : [
        ['allow', allow],
        ['candidate', candidate],
      ];

const bindRule = (rule: Rule, ids: ReadonlyMap<string, string | undefined>): Rule => ({
  ...rule,
  allow: bindSentence(rule.allow, ids),
  ...(rule.candidate === undefined ? {} : { candidate: bindSentence(rule.candidate, ids) }),
});

const slugsIn = (sentence: Sentence): readonly string[] =>
  permissionsIn(sentence)
    .flatMap(templatesOf)
    .flatMap((template) => slugOf(template) ?? []);

const slugOf = ({ type, parts: [only] }: ObjectTemplate): string | undefined =>
  type === 'organization' && only?.kind === 'text' ? only.text : undefined;

const bindSentence = (sentence: Sentence, ids: ReadonlyMap<string, string | undefined>): Sentence => {
  switch (sentence.kind) {
    case 'everyone':
    case 'signed-in':
    case 'nobody':
      return sentence;
    case 'any':
    case 'all':
      return { ...sentence, of: sentence.of.map((one) => bindSentence(one, ids)) };
    case 'permission':
      return {
        ...sentence,
        object: bindTemplate(sentence.object, ids),
        ...(sentence.within === undefined ? {} : { within: bindTemplate(sentence.within, ids) }),
      };
  }
};

const bindTemplate = (template: ObjectTemplate, ids: ReadonlyMap<string, string | undefined>): ObjectTemplate => {
  const id = ids.get(slugOf(template) ?? '');
  return id === undefined ? template : { ...template, parts: [{ kind: 'text', text: id }] };
};
