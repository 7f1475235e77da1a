import { createServer } from 'node:http';
import type { Principal } from '@gatehouse/policies/principal';
import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../verdict.ts';
import type { DoorRequest } from '../../decide.ts';
import {
  allowed,
  closed,
  get,
  openApplication,
  openDoor,
  originOf,
  reasonOf,
  ruleTo,
  sendRaw,
  statusOf,
} from './test/world.ts';

const H = 'Host: app.example:8080\r\n';
const bob: Principal = {
  subject: 'user:usr_bob',
  name: 'bob',
  home: { id: 'acc_bob', slug: 'bob' },
  fixedToHome: false,
  hasSeveralAccounts: false,
  credential: 'token',
  scopes: ['all'],
  tokenId: 'tok_1',
};
const headersOf = (rawHeaders: readonly string[]): Record<string, string[]> => {
  const headers: Record<string, string[]> = {};
  for (let at = 0; at < rawHeaders.length; at += 2) {
    (headers[(rawHeaders[at] ?? '').toLowerCase()] ??= []).push(rawHeaders[at + 1] ?? '');
  }
  return headers;
};

describe('an allowed request', () => {
  it('reaches the application with the caller’s identity and without what the client claimed', async () => {
    await using application = await openApplication();
    const verdict = {
      ...allowed(ruleTo(application.origin)),
      principal: bob,
      account: { id: 'acc_ä', slug: 'acme 100%' },
    };
    await using world = await openDoor({ origin: application.origin, decide: () => verdict });
    const claims = ['Gatehouse-User: root', 'gatehouse_user: root', 'X-Forwarded-For: 10.0.0.1', 'X-Request-Id: mine'];
    const answer = await sendRaw(
      world.port,
      get('/a%61?b=%zz', 'Authorization: Bearer abc', 'X-Own: 1', 'Cookie: a=b', ...claims),
    );
    expect(statusOf(answer)).toBe(200);
    const seen = application.seen[0];
    expect(seen?.url).toBe('/aa?b=%zz');
    const outcome = world.outcomes[0];
    expect(headersOf(seen?.rawHeaders ?? [])).toEqual({
      'x-own': ['1'],
      cookie: ['a=b'],
      host: [application.origin.slice('http://'.length)],
      'x-request-id': [outcome?.requestId],
      'x-forwarded-for': ['127.0.0.1'],
      'x-forwarded-host': ['app.example:8080'],
      'x-forwarded-proto': ['http'],
      'gatehouse-user': ['usr_bob'],
      'gatehouse-account': ['acme%20100%25'],
      'gatehouse-account-id': ['acc_%C3%A4'],
      'gatehouse-token-id': ['tok_1'],
    });
    expect(answer).toContain(`\r\nX-Request-Id: ${outcome?.requestId}\r\n`);
    expect(outcome).toMatchObject({
      method: 'GET',
      host: 'app.example',
      path: '/aa',
      verdict: 'allow',
      status: 200,
      ending: 'complete',
    });
    expect(outcome?.upstreamMs).toBeGreaterThan(0);
  });

  it('of an anonymous caller carries no identity', async () => {
    await using application = await openApplication();
    await using world = await openDoor({ origin: application.origin, rule: { allow: { kind: 'everyone' } } });
    await sendRaw(world.port, get('/', 'Gatehouse-User: root', 'GATEHOUSE-TOKEN-ID: 1', 'Gatehouse-Account: acme'));
    const names = Object.keys(headersOf(application.seen[0]?.rawHeaders ?? []));
    expect(names.filter((name) => name.startsWith('gatehouse'))).toEqual([]);
  });

  it.each([
    ['everyone', 'Basic abc'],
    ['signed-in', undefined],
  ] as const)('on a route for %s carries another scheme’s Authorization as %s', async (kind, expected) => {
    await using application = await openApplication();
    await using world = await openDoor({ origin: application.origin, rule: { allow: { kind } } });
    await sendRaw(world.port, get('/', 'Authorization: Basic abc'));
    expect(headersOf(application.seen[0]?.rawHeaders ?? [])['authorization']?.[0]).toBe(expected);
  });

  it('asks with the token and the account that the client named', async () => {
    await using application = await openApplication();
    const asked: DoorRequest[] = [];
    const verdict = allowed(ruleTo(application.origin));
    const decide = (request: DoorRequest): Verdict => {
      asked.push(request);
      return verdict;
    };
    await using world = await openDoor({ origin: application.origin, decide });
    await sendRaw(world.port, get('/a', 'Authorization: Bearer abc', 'Gatehouse-Account: acme'));
    await sendRaw(world.port, get('/b'));
    expect(asked).toMatchObject([
      { target: { path: '/a' }, bearer: 'abc', account: 'acme' },
      { target: { path: '/b' } },
    ]);
    expect(Object.keys(asked[1] ?? {})).toEqual(['target']);
  });

  it('with more than one blank in its request line goes on with exactly one', async () => {
    const lines: string[] = [];
    const raw = createServer(() => undefined);
    raw.on('connection', (socket) => {
      socket.removeAllListeners('data');
      socket.on('data', (chunk) => {
        lines.push(chunk.toString('latin1').split('\r\n')[0] ?? '');
        socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
      });
    });
    await using world = await openDoor({ origin: await originOf(raw) });
    await sendRaw(world.port, `GET  /a  HTTP/1.1\r\n${H}Connection: close\r\n\r\n`);
    expect(lines).toEqual(['GET /a HTTP/1.1']);
    expect(world.outcomes[0]?.path).toBe('/a');
    await closed(raw);
  });

  it('shares its connection with the next, also when they come at once', async () => {
    await using application = await openApplication((req, res) => void res.end(req.url));
    await using world = await openDoor({ origin: application.origin });
    const keep = (path: string): string => `GET ${path} HTTP/1.1\r\n${H}\r\n`;
    const answer = await sendRaw(world.port, keep('/one') + keep('/two') + get('/three'));
    expect(answer.match(/\r\n\r\n\/[a-z]+/g)?.map((text) => text.trim())).toEqual(['/one', '/two', '/three']);
    expect(world.outcomes).toHaveLength(3);
  });

  it('of an HTTP/1.0 client is answered without chunks', async () => {
    await using application = await openApplication((_req, res) => {
      res.write('hel');
      res.end('lo');
    });
    await using world = await openDoor({ origin: application.origin });
    const answer = await sendRaw(world.port, `GET / HTTP/1.0\r\n${H}\r\n`);
    expect(answer).not.toMatch(/transfer-encoding/i);
    expect(answer).toMatch(/\r\n\r\nhello$/);
  });
});

describe('the answer of the application', () => {
  const throughDoor = async (
    head: string[],
    options: { allow?: 'everyone' | 'signed-in'; request?: string } = {},
  ): Promise<string> => {
    const raw = createServer();
    raw.on('connection', (socket) => {
      socket.removeAllListeners('data');
      socket.on('data', () => socket.end(`${head.join('\r\n')}\r\n\r\n`, 'latin1'));
    });
    const rule = { allow: { kind: options.allow ?? 'signed-in' } } as const;
    await using world = await openDoor({ origin: await originOf(raw), rule });
    const answer = await sendRaw(world.port, options.request ?? get());
    await closed(raw);
    return answer;
  };

  it('loses hop-by-hop headers, also those that Connection lists, and cookies of ours', async () => {
    const lines = [
      'Connection: X-Hop, close',
      'X-Hop: 1',
      'Keep-Alive: timeout=9',
      'Proxy-Authenticate: Basic',
      'Trailer: X-Sum',
    ];
    const cookies = [
      'Set-Cookie: gatehouse-app=evil; Path=/',
      'Set-Cookie:  __Host-gatehouse = evil',
      'Set-Cookie: =gatehouse-app=evil',
      'Set-Cookie: = gatehouse =evil; Path=/',
      'Set-Cookie: ==__Host-gatehouse-app=evil',
      'Set-Cookie: =gatehouse; Path=/',
      'Set-Cookie: own=1; Path=/',
    ];
    const own = ['X-Own: \xe4', 'X-Request-Id: theirs', 'Upgrade: h2c', 'Content-Length: 0'];
    const answer = await throughDoor(['HTTP/1.1 200 OK', ...lines, ...cookies, ...own]);
    const names = answer.match(/^[A-Za-z-]+(?=: )/gm)?.map((name) => name.toLowerCase());
    expect(names?.toSorted()).toEqual([
      'cache-control',
      'connection',
      'content-length',
      'date',
      'set-cookie',
      'x-own',
      'x-request-id',
    ]);
    expect(answer).toContain('Set-Cookie: own=1; Path=/\r\n');
    expect(answer).toContain('X-Own: \xe4\r\n');
    expect(answer).toMatch(/^X-Request-Id: req_/m);
  });

  it.each([
    ['signed-in', [], 'Cache-Control: private'],
    ['signed-in', ['Cache-Control: max-age=60'], 'Cache-Control: max-age=60'],
    ['signed-in', ['Cache-Control: no-cache', 'Connection: cache-control'], 'Cache-Control: no-cache'],
    ['everyone', [], undefined],
  ] as const)('on a route for %s with %j is cached by %s', async (allow, lines, expected) => {
    const answer = await throughDoor(['HTTP/1.1 200 OK', 'Content-Length: 0', ...lines], { allow });
    expect(/^cache-control: .*$/im.exec(answer)?.[0].trim()).toBe(expected);
  });

  it.each([
    ['204', ['HTTP/1.1 204 No Content'], 204],
    ['204 with a length', ['HTTP/1.1 204 No Content', 'Content-Length: 5'], 204],
    ['304 with a length', ['HTTP/1.1 304 Not Modified', 'Content-Length: 5', 'ETag: "a"'], 304],
    ['201', ['HTTP/1.1 201 Made', 'Content-Length: 0'], 201],
    ['500', ['HTTP/1.1 500 Oh', 'Content-Length: 0'], 500],
  ])('of %s is passed on without a body', async (_title, head, status) => {
    const answer = await throughDoor(head);
    expect(statusOf(answer)).toBe(status);
    expect(answer.endsWith('\r\n\r\n')).toBe(true);
    expect(answer).not.toMatch(/transfer-encoding/i);
    expect(/^content-length: 5/im.test(answer)).toBe(status === 304);
  });

  it('to HEAD keeps its length and has no body', async () => {
    const request = `HEAD / HTTP/1.1\r\n${H}Connection: close\r\n\r\n`;
    const answer = await throughDoor(['HTTP/1.1 200 OK', 'Content-Length: 12345'], { request });
    expect(answer).toMatch(/^Content-Length: 12345\r$/m);
    expect(answer.endsWith('\r\n\r\n')).toBe(true);
  });

  it.each([
    ['nonsense', ['nonsense']],
    ['a status that does not exist', ['HTTP/1.1 700 Odd', 'Content-Length: 0']],
    ['two framings', ['HTTP/1.1 200 OK', 'Content-Length: 0', 'Transfer-Encoding: chunked']],
    ['an upgrade that nobody asked for', ['HTTP/1.1 101 Switching', 'Connection: upgrade', 'Upgrade: x']],
  ])('that is %s becomes 502', async (_title, head) => {
    const answer = await throughDoor(head);
    expect([statusOf(answer), reasonOf(answer)]).toEqual([502, 'upstream_failed']);
  });
});
