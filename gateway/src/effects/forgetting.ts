import type { ObjectTemplate } from '@gatehouse/policies/routes/rule';
import type { ContentEffects } from '../content/content-effects.ts';
import type { ContentObject } from '../content/content-name.ts';
import { doingOf } from './doer.ts';
import type { Doer } from './doer.ts';

/** Takes away what was said about an object that its application has deleted. While that fails, the object is closed. */
export const forgetting = async (
  content: Pick<ContentEffects, 'forget'>,
  doer: Doer,
  template: ObjectTemplate,
): Promise<void> => {
  const { account, principal, params } = doer;
  const acting = account ?? principal.home;
  const id = template.parts
    .map((part) => {
      switch (part.kind) {
        case 'text':
          return part.text;
        case 'param':
          return params[part.name] ?? '';
        case 'account':
          return acting.id;
        case 'query':
          throw new Error('no rule forgets what a query names');
      }
    })
    .join('');
  const object: ContentObject = `content:${id}`;
  await content.forget({ ...doingOf(doer, acting), object });
};
