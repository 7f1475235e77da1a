import { describe, expect, it } from 'vitest';
import { allowed, openApplication, openDoor, ruleTo, sendRaw, statusOf } from './test/world.ts';

const consoleOrigin = 'https://console.example';

const ask = (method: string, ...lines: string[]): string =>
  [`${method} /algorithms HTTP/1.1`, 'Host: app.example', 'Connection: close', ...lines, '', ''].join('\r\n');

const preflight = (origin: string, method = 'POST', ...lines: string[]): string =>
  ask('OPTIONS', `Origin: ${origin}`, `Access-Control-Request-Method: ${method}`, ...lines);

/** An application whose rule for POST names one origin, and that itself says too much. */
const exchange = async (request: string) => {
  await using app = await openApplication((_req, res) => {
    res.setHeader('Access-Control-Allow-Origin', '*');
    res.setHeader('Access-Control-Expose-Headers', 'X-Total');
    res.end('hello');
  });
  const rule = ruleTo(app.origin, { cors: [consoleOrigin], method: 'POST' });
  await using door = await openDoor({
    origin: app.origin,
    decide: ({ target }) =>
      target.method === 'OPTIONS'
        ? { kind: 'no-route', reason: 'no_route', asked: [] }
        : target.query === '?denied'
          ? { kind: 'deny', reason: 'not_permitted', rule, asked: [] }
          : allowed(rule),
    ruleFor: (_target, method) => (method === 'POST' ? rule : undefined),
  });
  const got = await sendRaw(door.port, request);
  return { got, reached: app.seen.length, outcome: (await door.outcomesOf(1))[0] };
};

describe('a browser that asks before it sends', () => {
  it('is answered by the gateway for an origin that the rule names', async () => {
    const { got, reached, outcome } = await exchange(
      preflight(consoleOrigin, 'POST', 'Access-Control-Request-Headers: authorization, gatehouse-account'),
    );
    expect(statusOf(got)).toBe(204);
    expect(got).toContain(`\r\nAccess-Control-Allow-Origin: ${consoleOrigin}\r\n`);
    expect(got).toContain('\r\nAccess-Control-Allow-Methods: POST\r\n');
    expect(got).toContain('\r\nAccess-Control-Allow-Headers: authorization, gatehouse-account\r\n');
    expect(got).not.toMatch(/allow-credentials/i);
    expect(reached).toBe(0);
    expect(outcome).toMatchObject({ verdict: 'allow', status: 204, path: '/algorithms' });
  });

  it.each([
    ['another origin', preflight('https://evil.example')],
    ['no origin at all', preflight('null')],
    ['two origins', preflight(consoleOrigin, 'POST', `Origin: ${consoleOrigin}`)],
    ['an origin in other letters', preflight('https://CONSOLE.example')],
    ['another method', preflight(consoleOrigin, 'DELETE')],
    ['two methods', preflight(consoleOrigin, 'POST', 'Access-Control-Request-Method: GET')],
    ['no method', ask('OPTIONS', `Origin: ${consoleOrigin}`)],
  ])('is refused like any other request for %s', async (_what, request) => {
    const { got } = await exchange(request);
    expect(statusOf(got)).toBe(404);
    expect(got).not.toMatch(/access-control/i);
  });

  it('cannot put words into the answer', async () => {
    const { got } = await exchange(preflight(consoleOrigin, 'POST', 'Access-Control-Request-Headers: a\tb, c'));
    expect(got).not.toMatch(/allow-headers/i);
  });
});

describe('an answer of a rule that names origins', () => {
  it('may be read by their scripts, whatever the application says', async () => {
    const { got } = await exchange(ask('POST', `Origin: ${consoleOrigin}`));
    expect(got.match(/access-control-allow-origin: .*/gi)).toEqual([`Access-Control-Allow-Origin: ${consoleOrigin}`]);
    expect(got).toMatch(/access-control-expose-headers: X-Total/i);
    expect(got).toMatch(/\r\nVary: Origin\r\n/);
  });

  it('may not be read by others', async () => {
    const { got } = await exchange(ask('POST', 'Origin: https://evil.example'));
    expect(statusOf(got)).toBe(200);
    expect(got).not.toMatch(/access-control-allow/i);
    expect(got).toMatch(/\r\nVary: Origin\r\n/);
  });

  it('may be read when it is a refusal, so that the script learns why', async () => {
    const { got } = await exchange(
      ask('POST', `Origin: ${consoleOrigin}`).replace('/algorithms ', '/algorithms?denied '),
    );
    expect(statusOf(got)).toBe(403);
    expect(got).toContain(`\r\nAccess-Control-Allow-Origin: ${consoleOrigin}\r\n`);
  });
});
