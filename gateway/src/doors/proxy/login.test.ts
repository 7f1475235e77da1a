import { describe, expect, it } from 'vitest';
import type { Rule } from '@gatehouse/policies/routes/rule';
import type { Reason } from '@gatehouse/policies/reasons';
import { openApplication, openDoor, ruleTo, sendRaw, statusOf } from './test/world.ts';

const browser = 'Accept: text/html,application/xhtml+xml,*/*;q=0.8';

const refusedWith = async (
  { reason = 'sign_in_required', method = 'GET', ...changes }: Partial<Rule> & { reason?: Reason },
  ...lines: string[]
) => {
  await using app = await openApplication();
  await using door = await openDoor({
    origin: app.origin,
    decide: () => ({ kind: 'sign-in', reason, rule: ruleTo(app.origin, changes), asked: [] }),
    controlOrigin: 'https://control.example',
  });
  const head = [`${method} /algorithms/qft?x=%20 HTTP/1.1`, 'Host: app.example:8080', 'Connection: close', ...lines];
  const got = await sendRaw(door.port, [...head, '', ''].join('\r\n'));
  return { status: statusOf(got), got, outcome: (await door.outcomesOf(1))[0] };
};

describe('a caller without a credential, where the rule says `on-401: login`', () => {
  it('is sent to sign in when it is a person at a browser', async () => {
    const { status, got, outcome } = await refusedWith({ on401: 'login' }, browser);
    expect(status).toBe(302);
    expect(got).toContain(
      '\r\nLocation: https://control.example/sign-in?to=http%3A%2F%2Fapp.example%3A8080%2Falgorithms%2Fqft%3Fx%3D%2520\r\n',
    );
    expect(got).toMatch(/\r\nCache-Control: no-store\r\n/);
    expect(outcome).toMatchObject({ verdict: 'sign-in', reason: 'sign_in_required', status: 302 });
  });

  it.each([
    ['a program', 'GET', 'Accept: application/json'],
    ['nobody in particular', 'GET', 'Accept: */*'],
    ['a script of a page', 'GET', `${browser}\r\nSec-Fetch-Mode: cors`],
    ['a form', 'POST', browser],
  ])('gets problem details when it is %s', async (_who, method, lines) => {
    const { status, got } = await refusedWith({ on401: 'login', method }, lines);
    expect(status).toBe(401);
    expect(got).toContain('WWW-Authenticate');
  });

  it('gets problem details when its credential is wrong: signing in would not mend it', async () => {
    expect((await refusedWith({ on401: 'login', reason: 'invalid_credential' }, browser)).status).toBe(401);
  });
});

it('gets problem details where the rule says nothing about it', async () => {
  expect((await refusedWith({}, browser)).status).toBe(401);
});
