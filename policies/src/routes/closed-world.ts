import { embedded } from '../engine/embedded/embedded.ts';
import { parseGiven } from './given.ts';
import type { EmbeddedEngine } from '../engine/embedded/embedded.ts';
import type { CompiledModel } from '../model/compiled.ts';
import type { Engine, Ref, Tuple } from '../engine/engine.ts';
import type { Account, Principal } from '../principal.ts';
import type { Given } from './given.ts';

/** A small world of its own, in memory, where names are ids. */
export type ClosedWorld = {
  readonly engine: Engine;
  readonly account: (name: string) => Account | undefined;
  readonly principal: (caller: Ref) => Principal;
};

/** `index` counts the lines under `given:`. */
export type WorldFault = { readonly index: number; readonly message: string };

export type WorldMade =
  | { readonly kind: 'world'; readonly world: ClosedWorld }
  | { readonly kind: 'broken'; readonly faults: readonly WorldFault[] };

type Facts = {
  readonly homes: Map<Ref, string>;
  readonly organizations: Set<string>;
  readonly withWorkspace: Set<string>;
};
type Line = Extract<Given, { kind: 'given' }>;

/**
 * Makes the world of a route file's tests. Everybody who is named, in a given line or as a caller, is at home in a
 * personal account of the same name; a service account in the organization that a given tuple ties it to.
 */
export const closedWorld = async (
  model: CompiledModel,
  lines: readonly string[],
  callers: readonly Ref[],
): Promise<WorldMade> => {
  const engine = await embedded({ model });
  const facts: Facts = { homes: new Map(), organizations: new Set(), withWorkspace: new Set() };
  const faults: WorldFault[] = [];
  for (const [index, text] of lines.entries()) {
    const given = parseGiven(text);
    const message =
      given.kind === 'fault' ? given.message : (noteFacts(facts, given) ?? (await written(engine, given.tuples)));
    if (message !== undefined) faults.push({ index, message });
  }
  const people = new Set([...callers, ...lines.flatMap(peopleIn)].filter((ref) => ref.startsWith('user:')));
  if (faults.length === 0) faults.push(...(await addPersonalAccounts(engine, facts, people)));
  return faults.length > 0 ? { kind: 'broken', faults } : { kind: 'world', world: world(engine, facts) };
};

/** Notes what a line makes known; a message when it does not fit to what came before. */
const noteFacts = (
  { homes, organizations, withWorkspace }: Facts,
  { tuples, organization, inWorkspaceOf }: Line,
): string | undefined => {
  if (organization !== undefined) {
    if (organizations.has(organization)) return `the organization "${organization}" is given twice`;
    organizations.add(organization);
    if (tuples.length > 0) withWorkspace.add(organization);
  }
  if (inWorkspaceOf !== undefined && !withWorkspace.has(inWorkspaceOf))
    return `"${inWorkspaceOf}" is not given as "organization ${inWorkspaceOf} with default workspace" before`;
  for (const { subject, relation, object } of tuples) {
    if (relation === 'organization' && object.startsWith('service_account:'))
      homes.set(object, subject.slice('organization:'.length));
  }
  return undefined;
};

const peopleIn = (text: string): readonly Ref[] => {
  const given = parseGiven(text);
  return given.kind === 'fault'
    ? []
    : given.tuples.flatMap(({ subject }) => (/^user:[^#*]+$/.test(subject) ? [subject] : []));
};

/** Gives every person a personal account. */
const addPersonalAccounts = async (
  engine: Engine,
  { homes, organizations }: Facts,
  people: ReadonlySet<Ref>,
): Promise<readonly WorldFault[]> => {
  const faults: WorldFault[] = [];
  for (const person of people) {
    const name = person.slice('user:'.length);
    if (organizations.has(name))
      faults.push({ index: 0, message: `"${name}" is given as an organization and named as a person` });
    homes.set(person, name);
    organizations.add(name);
    const owner: Tuple = { subject: person, relation: 'owner', object: `organization:${name}` };
    const isGiven = (await engine.read(owner)).length > 0;
    const message = isGiven ? undefined : await written(engine, [owner]);
    if (message !== undefined) faults.push({ index: 0, message });
  }
  return faults;
};

const written = async (engine: Engine, tuples: readonly Tuple[]): Promise<string | undefined> => {
  if (tuples.length === 0) return undefined;
  const result = await engine.write({ writes: tuples, deletes: [] });
  return result.kind === 'written' ? undefined : result.message;
};

const world = (engine: EmbeddedEngine, { homes, organizations }: Facts): ClosedWorld => ({
  engine,
  account: (name) => (organizations.has(name) ? { id: name, slug: name } : undefined),
  principal: (caller) => {
    const name = caller.slice(caller.indexOf(':') + 1);
    const home = homes.get(caller) ?? name;
    const others = [...organizations].filter((one) => one !== home && isMember(engine, caller, one));
    return {
      subject: caller,
      name,
      home: { id: home, slug: home },
      fixedToHome: caller.startsWith('service_account:'),
      hasSeveralAccounts: others.length > 0,
      credential: 'token',
      scopes: ['all'],
    };
  },
});

/** What a membership row says in the database. Not a permission: who is blocked in an organization still belongs to it. */
const isMember = (engine: EmbeddedEngine, caller: Ref, organization: string): boolean =>
  engine.check({
    subject: caller,
    relation: 'member',
    object: `organization:${organization}`,
    consistency: 'fresh',
  }).verdict === 'allowed';
