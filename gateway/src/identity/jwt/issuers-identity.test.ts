import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTarget } from '@gatehouse/policies/routes/target';
import { testFolder } from '../../../../db/test/test-database.ts';
import { closing } from '../../closing.ts';
import { readConfig } from '../../config/config.ts';
import { openDataFolder } from '../../data-folder.ts';
import type { Decider } from '../../decide.ts';
import { openInstallation } from '../../installation.ts';
import { issuerServer, json } from './test/issuer-server.ts';
import type { IssuerServer } from './test/issuer-server.ts';
import { signed, signingKey } from './test/keys.ts';

const key = signingKey('ES256', 'k1');
const opened = closing();
let server: IssuerServer;
let decider: Decider;

const routes = `
version: 1
app: jwt
upstreams: { api: "http://127.0.0.1:1" }
params: { account: slug }
hosts:
  "*":
    GET /open: { allow: everyone }
    GET /in: { allow: signed-in }
    GET /mine/{account}: { allow: "can_view on organization:{account}" }
    GET /tokens: { allow: signed-in, credentials: [token] }
    GET /corp: { allow: signed-in, credentials: ["jwt:corp"] }
    GET /ci: { allow: signed-in, credentials: ["jwt:ci"] }
`;

const settings = (origin: string): string => `
jwt:
  corp:
    issuer: ${origin}
    audience: gatehouse
    provision: true
  ci:
    issuer: https://ci.example
    audience: gatehouse
    jwks: ${origin}/down
`;

const temporary = async (prefix: string): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), prefix));
  opened.add(prefix, () => rm(folder, { recursive: true, force: true }));
  return folder;
};

beforeAll(async () => {
  server = await issuerServer();
  opened.add('issuer', server[Symbol.asyncDispose]);
  server.answers.set(
    '/.well-known/openid-configuration',
    json({ issuer: server.origin, jwks_uri: `${server.origin}/jwks` }),
  );
  server.answers.set('/jwks', json({ keys: [key.jwk] }));
  const policies = await temporary('gatehouse-jwt-policies-');
  await cp(fileURLToPath(new URL('../../../../policies/model', import.meta.url)), join(policies, 'model'), {
    recursive: true,
  });
  await cp(fileURLToPath(new URL('../../../../policies/routes', import.meta.url)), join(policies, 'routes'), {
    recursive: true,
  });
  await writeFile(join(policies, 'routes', 'quantum.yaml'), routes);
  await writeFile(join(policies, 'gatehouse.yaml'), settings(server.origin));
  const data = await testFolder();
  opened.add('data', () => rm(data, { recursive: true, force: true }));
  const read = readConfig({
    GATEHOUSE_DATA: data,
    GATEHOUSE_POLICIES: policies,
    GATEHOUSE_SECRET: 'a secret of at least thirty-two bytes',
  });
  const taken = openDataFolder(data);
  if (read.kind === 'refused' || taken.kind !== 'open') throw new Error(JSON.stringify([read, taken]));
  opened.add('lock', taken.folder.release);
  const installation = await openInstallation({ config: read.config, folder: taken.folder });
  opened.add('database', () => installation.database.close());
  ({ decider } = installation);
});
afterAll(() => opened.close());

const claims = (changed: object = {}) => ({
  iss: server.origin,
  aud: 'gatehouse',
  sub: 'zoe',
  exp: Math.floor(Date.now() / 1_000) + 60,
  preferred_username: 'zoe',
  ...changed,
});

const get = async (path: string, bearer: string) => {
  const read = readTarget({ method: 'GET', rawTarget: path, host: 'localhost' });
  if (read.kind === 'refused') throw new Error(read.detail);
  const verdict = await decider.decide({ target: read.target, bearer });
  return 'reason' in verdict ? `${verdict.kind} ${verdict.reason}` : verdict.kind;
};

describe('a gateway with a gatehouse.yaml', () => {
  const rows: readonly (readonly [path: string, changed: object, verdict: string])[] = [
    ['/in', {}, 'allow'],
    ['/corp', {}, 'allow'],
    ['/mine/zoe', {}, 'allow'],
    ['/open', {}, 'allow'],
    ['/mine/adam', { sub: 'adam', preferred_username: 'adam' }, 'allow'],
    ['/mine/adam', {}, 'deny foreign_account'],
    ['/tokens', {}, 'sign-in credential_not_accepted'],
    ['/ci', {}, 'sign-in credential_not_accepted'],
    ['/open', { aud: 'other' }, 'sign-in invalid_credential'],
    ['/open', { iss: 'https://other.example' }, 'sign-in invalid_credential'],
    ['/open', { exp: 1 }, 'sign-in invalid_credential'],
    ['/nowhere', {}, 'no-route no_route'],
    // Its keys cannot be had: the token may be good.
    ['/open', { iss: 'https://ci.example' }, 'unavailable unable_to_decide'],
    ['/in', { iss: 'https://ci.example' }, 'unavailable unable_to_decide'],
  ];
  it.each(rows)('answers GET %s with %j: %s', async (path, changed, verdict) => {
    expect(await get(path, signed(key, claims(changed)))).toBe(verdict);
  });

  it('refuses what is no credential of anybody', async () => {
    expect(await get('/open', 'not.a.token')).toBe('sign-in invalid_credential');
    expect(await get('/open', 'gth_pat_nonsense')).toBe('sign-in invalid_credential');
  });

  it('decides without a promise for a token that it has seen', async () => {
    const bearer = signed(key, claims());
    await get('/in', bearer);
    const read = readTarget({ method: 'GET', rawTarget: '/in', host: 'localhost' });
    if (read.kind === 'refused') throw new Error(read.detail);
    expect(decider.decide({ target: read.target, bearer })).toMatchObject({
      kind: 'allow',
      principal: { name: 'zoe', credential: 'jwt:corp' },
    });
  });
});
