import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openDatabase } from '@gatehouse/db/client';
import type { Database, Queries } from '@gatehouse/db/client';
import { newId } from '@gatehouse/db/ids';
import { apiTokens } from '@gatehouse/db/schema/api-tokens';
import { writeTuples } from '@gatehouse/db/tuples';
import { addMember } from '@gatehouse/gateway/accounts/add-member';
import { createOrganization } from '@gatehouse/gateway/accounts/create-organization';
import { createPerson } from '@gatehouse/gateway/accounts/create-person';
import { registerContent } from '@gatehouse/gateway/content/register-content';
import { hashedToken } from '@gatehouse/gateway/identity/api-token';
import { tokenText } from '@gatehouse/gateway/identity/token-text';
import { deriveKeys } from '@gatehouse/gateway/secret';
import { processorMicros } from '../processor-micros.ts';
import { program } from '../program.ts';
import { routeFile } from './gatehouse-routes.ts';
import type { System } from './system.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const secret = 'a secret that only this benchmark uses';
const dayMs = 24 * 60 * 60 * 1_000;

/**
 * The product as it is started by `gatehouse serve`: a viewer's token, one permission on each object, 125 routes.
 * `environment` is what the gateway finds beside the variables that are set here.
 */
export const gatehouse = (environment: Readonly<Record<string, string | undefined>>): System => ({
  name: 'gatehouse',
  what: 'the real gateway: a token, a route among 125, a permission on each object, the decision log',
  start: async ({ upstream, objects, folder }) => {
    const policies = join(folder, 'policies');
    mkdirSync(join(policies, 'routes'), { recursive: true });
    cpSync(join(root, 'policies/model'), join(policies, 'model'), { recursive: true });
    writeFileSync(join(policies, 'routes', 'bench.yaml'), routeFile(upstream));
    const data = join(folder, 'data');
    const token = await filledDatabase(data, objects);
    const started = await program({
      command: process.execPath,
      args: [join(root, 'gateway/bin/gatehouse.js'), 'serve'],
      env: {
        ...environment,
        GATEHOUSE_DATA: data,
        GATEHOUSE_POLICIES: policies,
        GATEHOUSE_SECRET: secret,
        GATEHOUSE_LISTEN: '127.0.0.1:0',
        GATEHOUSE_CONTROL_LISTEN: '127.0.0.1:0',
        GATEHOUSE_DEMO: 'off',
      },
      ready: /applications {2}(http:\S+)/,
      timeoutMs: 60_000,
    });
    return {
      origin: started.match[1] ?? '',
      headers: { authorization: `Bearer ${token}` },
      cpuMicros: () => processorMicros(started.pid),
      stop: started.stop,
    };
  },
});

/** An organization with an owner, a viewer and all objects; the answer is the viewer's token. */
const filledDatabase = async (folder: string, objects: readonly string[]): Promise<string> => {
  mkdirSync(folder, { recursive: true });
  const opened = await openDatabase({ folder });
  if (opened.kind === 'unusable') throw opened.cause;
  try {
    return await fill(opened.database, objects);
  } finally {
    await opened.database.close();
  }
};

const fill = (database: Database, objects: readonly string[]): Promise<string> =>
  database.transaction(async (tx) => {
    const owner = await createPerson(tx, { username: 'olga', name: 'Olga', email: 'olga@bench.example' });
    const viewer = await createPerson(tx, { username: 'vera', name: 'Vera', email: 'vera@bench.example' });
    const created = { slug: 'bench-org', name: 'Bench', createdBy: owner.userId };
    const { accountId, workspaceId, tuples } = await createOrganization(tx, created);
    const member = await addMember(tx, { accountId, userId: viewer.userId, role: 'viewer', source: 'invited' });
    const writes = [...owner.tuples, ...viewer.tuples, ...tuples, ...member];
    const place = { app: 'bench', kind: 'algorithm', accountId, workspaceId, createdBy: owner.userId };
    for (const id of objects) writes.push(...(await registerContent(tx, { ...place, externalId: id, title: id })));
    await writeTuples(tx, { writes, deletes: [] });
    return tokenFor(tx, { userId: viewer.userId, accountId: viewer.home.id });
  });

const tokenFor = async (tx: Queries, owner: { userId: string; accountId: string }): Promise<string> => {
  const text = tokenText('pat');
  await tx.insert(apiTokens).values({
    ...owner,
    id: newId('tok'),
    kind: 'personal',
    name: 'Bench',
    prefix: text.slice(0, 8),
    lastFour: text.slice(-4),
    ...hashedToken(deriveKeys([secret], 'api-token'), text),
    scopes: ['all'],
    expiresAt: new Date(Date.now() + dayMs),
    createdBy: owner.userId,
  });
  return text;
};
