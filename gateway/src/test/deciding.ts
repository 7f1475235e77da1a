import { fileURLToPath } from 'node:url';
import { embedded } from '@gatehouse/policies/engine/embedded/embedded';
import type { EmbeddedEngine } from '@gatehouse/policies/engine/embedded/embedded';
import type { Tuple } from '@gatehouse/policies/engine/engine';
import { loadModel } from '@gatehouse/policies/model/load';
import type { Account, Principal } from '@gatehouse/policies/principal';
import { compileRoutes } from '@gatehouse/policies/routes/load';
import type { RuleOptions } from '@gatehouse/policies/routes/rule';
import { routeTable } from '@gatehouse/policies/routes/table';
import type { RouteTable } from '@gatehouse/policies/routes/table';
import { readTarget } from '@gatehouse/policies/routes/target';
import { decider } from '../decide.ts';
import type { Decider } from '../decide.ts';
import type { Identified } from '../identity/identity.ts';
import type { Verdict } from '../verdict.ts';

const routes = `
version: 1
app: quantum
upstreams:
  api: http://127.0.0.1:4402
params:
  id: slug
  account: slug
hosts:
  "*":
    GET /open:
      allow: everyone
    GET /algorithms/{id}:
      allow: can_view on content:quantum.algorithm/{id}
    DELETE /algorithms/{id}:
      allow: can_delete on content:quantum.algorithm/{id}
    GET /list:
      allow: can_view_content on organization:{account}
    GET /.gatehouse-not/{id}:
      allow: can_view on content:quantum.algorithm/{id}
  "{account}.quantum.example":
    GET /list:
      allow: can_view_content on organization:{account}
    POST /list:
      allow: can_view_content on organization:{account}
`;

export const acme: Account = { id: 'acc_acme', slug: 'acme' };
const home: Account = { id: 'acc_vera', slug: 'vera' };

const tuples: Tuple[] = [
  { subject: 'user:vera', relation: 'owner', object: 'organization:acc_vera' },
  { subject: 'user:vera', relation: 'viewer', object: 'organization:acc_acme' },
  { subject: 'organization:acc_acme', relation: 'organization', object: 'workspace:w' },
  { subject: 'organization:acc_acme#viewer', relation: 'viewer', object: 'workspace:w' },
  { subject: 'workspace:w', relation: 'workspace', object: 'content:quantum.algorithm/qft' },
  { subject: 'workspace:w', relation: 'audience', object: 'content:quantum.algorithm/qft' },
];

export const vera: Principal = {
  subject: 'user:vera',
  name: 'vera',
  home,
  fixedToHome: false,
  hasSeveralAccounts: true,
  credential: 'token',
  scopes: ['all'],
};

export const bearers: Readonly<Record<string, Identified>> = {
  vera: { kind: 'principal', principal: vera },
  reader: { kind: 'principal', principal: { ...vera, scopes: ['content:read'] } },
  robot: { kind: 'principal', principal: { ...vera, fixedToHome: true } },
  expired: { kind: 'invalid', reason: 'invalid_credential' },
};

/** What can be said of a rule in a file is the loader's; what a rule comes to is this page's. */
export const changed = (table: RouteTable, changes: Readonly<Record<string, RuleOptions>>): RouteTable =>
  routeTable(
    table.rules.map((rule) => ({ ...rule, ...changes[rule.id] })),
    () => [],
    table.digest,
  );

/** A decider over these routes and tuples, and what it is made of. */
export type Deciding = {
  readonly table: RouteTable;
  readonly engine: EmbeddedEngine;
  readonly make: (parts?: Partial<Parameters<typeof decider>[0]>) => Decider;
  readonly decide: (method: string, url: string, bearer?: string, account?: string) => Promise<Verdict>;
};

export const decidingWorld = async (): Promise<Deciding> => {
  const { model } = await loadModel(fileURLToPath(new URL('../../../policies/model', import.meta.url)));
  const engine = await embedded({ model });
  await engine.write({ writes: tuples, deletes: [] });
  const sources = [{ file: 'quantum.yaml', bytes: Buffer.from(routes) }];
  const loaded = await compileRoutes(sources, { folder: 'routes', model, accountId: (slug) => slug });
  if (loaded.kind === 'refused') throw new Error(JSON.stringify(loaded.problems));
  const { table } = loaded;
  const make: Deciding['make'] = (parts = {}) =>
    decider({
      routes: () => table,
      identify: (bearer) => bearers[bearer] ?? { kind: 'not-mine' },
      accounts: (slugOrId) => [acme, home].find(({ id, slug }) => id === slugOrId || slug === slugOrId),
      engine,
      ...parts,
    });
  const decide: Deciding['decide'] = async (...asked) => make().decide(requestOf(...asked));
  return { table, engine, make, decide };
};

export const requestOf = (method: string, url: string, bearer?: string, account?: string) => {
  const [, host = 'localhost', rawTarget = url] = /^http:\/\/([^/]+)(.*)$/.exec(url) ?? [];
  const read = readTarget({ method, rawTarget, host });
  if (read.kind === 'refused') throw new Error(read.detail);
  return {
    target: read.target,
    ...(bearer === undefined ? {} : { bearer }),
    ...(account === undefined ? {} : { account }),
  };
};
