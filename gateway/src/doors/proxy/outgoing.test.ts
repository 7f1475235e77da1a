import { describe, expect, it } from 'vitest';
import type { Principal } from '@gatehouse/policies/principal';
import type { Rule } from '@gatehouse/policies/routes/rule';
import { outgoingPath } from './outgoing.ts';
import { allowed, get, openApplication, openDoor, ruleTo, sendRaw } from './test/world.ts';

const targetOf = (path: string, query = '') => ({
  host: 'app.example',
  authority: 'app.example',
  method: 'GET',
  path,
  segments: path.slice(1).split('/'),
  hasEncodedSlash: path.includes('%2F'),
  query,
});

describe('the path that goes to the application', () => {
  it.each([
    [undefined, '/api/algorithms/qft', '', '/api/algorithms/qft'],
    [1, '/api/algorithms/qft', '?x=1', '/algorithms/qft?x=1'],
    [2, '/api/algorithms/qft', '', '/qft'],
    [3, '/api/algorithms/qft', '?x=1', '/?x=1'],
    [1, '/api/', '', '/'],
    [1, '/api/a%2Fb', '', '/a%2Fb'],
  ])('without %s segments of %s%s is %s', (stripSegments, path, query, expected) => {
    const rule = ruleTo('http://127.0.0.1:1', stripSegments === undefined ? {} : { stripSegments });
    expect(outgoingPath(rule, targetOf(path, query))).toBe(expected);
  });
});

const principal: Principal = {
  subject: 'user:usr_1',
  name: 'olga',
  home: { id: 'acc_1', slug: 'olga' },
  fixedToHome: false,
  scopes: ['all'],
  credential: 'token',
  hasSeveralAccounts: false,
};

const seenWith = async (changes: Partial<Rule>, ...lines: string[]): Promise<Record<string, string>> => {
  await using app = await openApplication();
  await using door = await openDoor({
    origin: app.origin,
    decide: () => ({ ...allowed(ruleTo(app.origin, changes)), principal }),
  });
  await sendRaw(door.port, get('/', ...lines));
  const headers = app.seen[0]?.rawHeaders ?? [];
  return Object.fromEntries(
    headers.flatMap((name, at) => (at % 2 === 0 ? [[name.toLowerCase(), headers[at + 1] ?? '']] : [])),
  );
};

describe('the headers that go to the application', () => {
  it('are changed as the rule says', async () => {
    const headers = { set: [['x-team', 'core'] as const], remove: ['x-secret'] };
    const seen = await seenWith({ headers }, 'X-Team: forged', 'X-Secret: 1', 'X-Other: 2');
    expect(seen).toMatchObject({ 'x-team': 'core', 'x-other': '2' });
    expect(seen).not.toHaveProperty('x-secret');
  });

  it('say who calls in the names that the rule asks for', async () => {
    expect(await seenWith({ identity: 'remote-user' })).toMatchObject({
      'remote-user': 'olga',
      'gatehouse-user': 'usr_1',
    });
    expect(await seenWith({ identity: 'x-auth-request' })).toMatchObject({
      'x-auth-request-user': 'usr_1',
      'x-auth-request-preferred-username': 'olga',
    });
  });

  it.each([
    'Remote-User: root',
    'remote_user: root',
    'Remote-Email: root',
    'X-Auth-Request-Email: root',
    'X_Auth-Request_User: root',
  ])('never carry a client’s %s, on any rule', async (line) => {
    expect(JSON.stringify(await seenWith({}, line))).not.toContain('root');
  });

  const filter = { list: ['items'], relation: 'can_view', type: 'content', id: [], text: '' } as const;

  it('ask for a plain and whole answer where it is filtered', async () => {
    const seen = await seenWith({ filter }, 'Accept-Encoding: gzip', 'Range: bytes=0-1', 'If-None-Match: "1"');
    expect(seen['accept-encoding']).toBe('identity');
    expect(seen).not.toHaveProperty('range');
    expect(seen).not.toHaveProperty('if-none-match');
  });

  it('leave ranges and conditions alone elsewhere', async () => {
    expect(await seenWith({}, 'Range: bytes=0-1', 'If-None-Match: "1"')).toMatchObject({
      range: 'bytes=0-1',
      'if-none-match': '"1"',
    });
  });
});
