import { objectLengthMax } from '../engine/embedded/refs.ts';
import { andThen } from './awaitable.ts';
import { queryValue } from './query-value.ts';
import { isIdText } from './template.ts';
import type { Awaitable, Ref } from '../engine/engine.ts';
import type { Account } from '../principal.ts';
import type { Reason } from '../reasons.ts';
import type { RuleContext } from './rule-context.ts';
import type { ObjectTemplate, Part } from './rule.ts';

export type Bad = { readonly kind: 'bad'; readonly reason: Reason; readonly detail: string };

/** The object that a template names in one request; `unknown` when it is an account that does not exist. */
export type Bound = { readonly kind: 'object'; readonly object: Ref } | { readonly kind: 'unknown' } | Bad;

/** An organization is named by slug and bound to its id; every other id is put together from its parts. */
export const bindObject = (context: RuleContext, account: Account, template: ObjectTemplate): Awaitable<Bound> => {
  let id = '';
  for (const part of template.parts) {
    const value = valueOf(context, account, part);
    if (typeof value !== 'string') return value;
    id += value;
  }
  if (template.type === 'organization' && isNamed(template.parts)) {
    return andThen(context.accounts(id), (found) =>
      found === undefined ? { kind: 'unknown' } : objectOf('organization', found.id),
    );
  }
  return objectOf(template.type, id);
};

/** True when the id came from the request and is a slug; a literal one was bound when the rules were loaded. */
const isNamed = ([part]: readonly Part[]): boolean => part?.kind === 'param' || part?.kind === 'query';

const valueOf = ({ match, target }: RuleContext, account: Account, part: Part): string | Bad => {
  switch (part.kind) {
    case 'text':
      return part.text;
    case 'param':
      return (
        match.params[part.name] ?? {
          kind: 'bad',
          reason: 'bad_parameter',
          detail: `the parameter "${part.name}" has no value`,
        }
      );
    case 'account':
      return account.id;
    case 'query': {
      const read = queryValue(target.query, part.name);
      return read.kind === 'value' ? read.value : { kind: 'bad', reason: 'ambiguous_query', detail: read.detail };
    }
  }
};

const objectOf = (type: string, id: string): Bound =>
  type.length + 1 + id.length <= objectLengthMax && isIdText(id)
    ? { kind: 'object', object: `${type}:${id}` }
    : {
        kind: 'bad',
        reason: 'bad_parameter',
        detail: `the parameters make no id of at most ${objectLengthMax} characters`,
      };
