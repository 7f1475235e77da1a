import { routeProblem } from './problem.ts';
import { permissionsIn, templatesOf } from './rule.ts';
import type { Awaitable } from '../engine/engine.ts';
import type { PlacedRule } from './compile-rule.ts';
import type { RouteProblem } from './problem.ts';
import type { ObjectTemplate, Rule, Sentence } from './rule.ts';

/** The id of the account with this slug; undefined when there is none. */
export type AccountId = (slug: string) => Awaitable<string | undefined>;

export type AccountsBound =
  | { readonly kind: 'bound'; readonly rules: readonly Rule[] }
  | { readonly kind: 'broken'; readonly problems: readonly RouteProblem[] };

/** Puts ids in the place of the slugs that rules name (`organization:acme`), because tuples carry ids alone. The text stays as it was written. */
export const bindAccounts = async (placed: readonly PlacedRule[], accountId: AccountId): Promise<AccountsBound> => {
  const ids = new Map<string, string | undefined>();
  for (const slug of placed.flatMap(({ rule }) => slugsIn(rule.allow)))
    if (!ids.has(slug)) ids.set(slug, await accountId(slug));
  const problems = placed.flatMap(({ rule, allowAt }) =>
    [...new Set(slugsIn(rule.allow))]
      .filter((slug) => ids.get(slug) === undefined)
      .map((slug) => routeProblem(rule.file, allowAt(`organization:${slug}`), `there is no account "${slug}"`)),
  );
  if (problems.length > 0) return { kind: 'broken', problems: withoutRepeats(problems) };
  return { kind: 'bound', rules: placed.map(({ rule }) => ({ ...rule, allow: bindSentence(rule.allow, ids) })) };
};

/** The methods of one key share a sentence; its problem is told once. */
const withoutRepeats = (problems: readonly RouteProblem[]): readonly RouteProblem[] => [
  ...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values(),
];

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
