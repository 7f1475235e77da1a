import { and, eq } from 'drizzle-orm';
import { findAccount } from '@gatehouse/db/accounts';
import type { Queries } from '@gatehouse/db/client';
import { findPerson } from '@gatehouse/db/people';
import { accounts } from '@gatehouse/db/schema/accounts';
import { workspaces } from '@gatehouse/db/schema/workspaces';
import type { ImportRefusal, ImportRow, RowVerdict } from './import-shapes.ts';

/** Where a row goes, and who made it. */
export type Place = {
  readonly kind: 'place';
  readonly accountId: string;
  readonly workspaceId: string;
  readonly createdBy: string;
};

type Refused = Extract<RowVerdict, { kind: 'refused' }>;
type Named<Value> = { readonly kind: 'found'; readonly value: Value } | Omit<Refused, 'line'>;

/** Finds the place of each row; a name that many rows share is looked up once. */
export const placesFor = (tx: Queries): ((row: ImportRow) => Promise<Place | Refused>) => {
  const account = once((text) => accountNamed(tx, text));
  const workspace = once((key) => {
    const [accountId = '', text] = key.split('\n');
    return workspaceNamed(tx, accountId, text);
  });
  const person = once((text) => personNamed(tx, text));
  return async (row) => {
    const { line } = row;
    const owner = await account(row.account);
    if (owner.kind === 'refused') return { line, ...owner };
    const { id: accountId, createdBy: founder } = owner.value;
    const place = await workspace(row.workspace === undefined ? accountId : `${accountId}\n${row.workspace}`);
    if (place.kind === 'refused') return { line, ...place };
    const creator = row.created_by === undefined ? undefined : await person(row.created_by);
    if (creator?.kind === 'refused') return { line, ...creator };
    return { kind: 'place', accountId, workspaceId: place.value, createdBy: creator?.value ?? founder };
  };
};

const once = <Value>(find: (text: string) => Promise<Named<Value>>): ((text: string) => Promise<Named<Value>>) => {
  const known = new Map<string, Named<Value>>();
  return async (text) => {
    const found = known.get(text) ?? (await find(text));
    known.set(text, found);
    return found;
  };
};

const refused = (reason: ImportRefusal, message: string) => ({ kind: 'refused', reason, message }) as const;

const accountNamed = async (tx: Queries, text: string): Promise<Named<{ id: string; createdBy: string }>> => {
  const account = await findAccount(tx, text);
  if (account === undefined) return refused('unknown_account', `there is no account "${text}"`);
  if (account.status !== 'active') return refused('inactive_account', `the account "${text}" is ${account.status}`);
  const [row] = await tx.select({ createdBy: accounts.createdBy }).from(accounts).where(eq(accounts.id, account.id));
  return { kind: 'found', value: { id: account.id, createdBy: row!.createdBy } };
};

const workspaceNamed = async (tx: Queries, accountId: string, text: string | undefined): Promise<Named<string>> => {
  const isIt =
    text === undefined ? workspaces.isDefault : eq(text.startsWith('wsp_') ? workspaces.id : workspaces.name, text);
  const [row] = await tx
    .select({ id: workspaces.id })
    .from(workspaces)
    .where(and(eq(workspaces.accountId, accountId), isIt));
  if (row !== undefined) return { kind: 'found', value: row.id };
  const message =
    text === undefined ? 'the account has no default workspace' : `the account has no workspace "${text}"`;
  return refused('unknown_workspace', message);
};

const personNamed = async (tx: Queries, text: string): Promise<Named<string>> => {
  const person = await findPerson(tx, text);
  return person === undefined
    ? refused('unknown_person', `there is no person "${text}"`)
    : { kind: 'found', value: person.id };
};
