import type { Account } from '@gatehouse/policies/principal';
import type { Ref } from '@gatehouse/policies/engine/engine';

/** A person as operators name them. `home` is the personal account. */
export type Person = {
  readonly id: string;
  readonly username: string;
  readonly name: string;
  readonly home: Account;
  readonly hasSeveralAccounts: boolean;
};

/** What operations need to turn names into ids and back. */
export type Directory = {
  /** By user name, verified e-mail or id. */
  readonly person: (text: string) => Promise<Person | undefined>;
  /** By slug or id. */
  readonly account: (text: string) => Promise<Account | undefined>;
};

export type NamedRef =
  | { readonly kind: 'ref'; readonly ref: Ref }
  | { readonly kind: 'unknown'; readonly message: string };

/** `olga`, `user:olga`, `olga@example.com` and `user:usr_…` all become `user:usr_…`; other types stay as they are. */
export const subjectRef = async (directory: Directory, text: string): Promise<NamedRef> =>
  namedRef(directory, text.includes(':') ? text : `user:${text}`);

/** `organization:acme` becomes `organization:acc_…`; usersets and wildcards keep their ending. */
export const namedRef = async (directory: Directory, text: string): Promise<NamedRef> => {
  const match = /^([^:#\s]+):([^#\s]+)(#\S+)?$/.exec(text);
  if (match === null) return { kind: 'unknown', message: `"${text}" is no reference; write TYPE:ID` };
  const [, type = '', id = '', relation = ''] = match;
  const found = id === '*' ? id : await idOf(directory, type, id);
  if (found === undefined) return { kind: 'unknown', message: `there is no ${type} "${id}"` };
  return { kind: 'ref', ref: `${type}:${found}${relation}` };
};

const idOf = async (directory: Directory, type: string, id: string): Promise<string | undefined> => {
  if (type === 'user') return (await directory.person(id))?.id;
  if (type === 'organization') return (await directory.account(id))?.id;
  return id;
};

/** The other way round: `user:usr_…` reads `user:olga`. What has no name keeps its id. */
export const readable = async (directory: Directory, ref: string): Promise<string> => {
  const [, type = '', id = '', relation = ''] = /^([^:]+):([^#]+)(#.*)?$/.exec(ref) ?? [];
  const name =
    type === 'user'
      ? (await directory.person(id))?.username
      : type === 'organization'
        ? (await directory.account(id))?.slug
        : undefined;
  return name === undefined ? ref : `${type}:${name}${relation}`;
};
