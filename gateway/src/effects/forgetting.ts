import { queryValue } from '@gatehouse/policies/routes/query-value';
import type { ObjectTemplate, Part } from '@gatehouse/policies/routes/rule';
import type { ContentEffects } from '../content/content-effects.ts';
import { doingOf } from './doer.ts';
import type { Doer } from './doer.ts';

/** Takes away what was said about an object that its application has deleted. While that fails, the object is closed. */
export const forgetting = async (
  content: Pick<ContentEffects, 'forget'>,
  doer: Doer,
  template: ObjectTemplate,
): Promise<void> => {
  const acting = doer.account ?? doer.principal.home;
  const id = template.parts.map((part) => valueOf(doer, part)).join('');
  await content.forget({ ...doingOf(doer, acting), object: `content:${id}` });
};

/** The same values that the sentence was decided with; it names everything that this names. */
const valueOf = ({ account, principal, params, query }: Doer, part: Part): string => {
  switch (part.kind) {
    case 'text':
      return part.text;
    case 'param':
      return present(params[part.name], part.name);
    case 'account':
      return (account ?? principal.home).id;
    case 'query': {
      const read = queryValue(query, part.name);
      return present(read.kind === 'value' ? read.value : undefined, part.name);
    }
  }
};

const present = (value: string | undefined, name: string): string => {
  if (value === undefined) throw new Error(`"${name}" has no value`);
  return value;
};
