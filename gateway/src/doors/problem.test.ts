import { reasons } from '@gatehouse/policies/reasons';
import type { Reason } from '@gatehouse/policies/reasons';
import { describe, expect, it } from 'vitest';
import { problem, refusalHeaders } from './problem.ts';

const all = Object.entries(reasons) as [Reason, (typeof reasons)[Reason]][];

describe('problem details', () => {
  it.each(all)('say what the table says of %s', (reason, { status, title, remedy }) => {
    const body = problem({ reason, requestId: 'req_1' });
    const type = `urn:gatehouse:reason:${reason}`;
    expect(JSON.parse(body)).toEqual({ type, title, status, reason, remedy, request_id: 'req_1' });
  });

  it('carry a detail and stay ASCII whatever it holds', () => {
    const detail = 'a "b" \\ \n ä 😀 \u2028 </script>';
    const body = problem({ reason: 'bad_parameter', requestId: 'req_1', detail });
    expect(JSON.parse(body)).toMatchObject({ detail });
    expect(body).toMatch(/^[\x20-\x7e]*$/);
  });
});

describe('the headers of a refusal', () => {
  const rows: readonly (readonly [Reason, readonly string[]])[] = [
    ['sign_in_required', ['WWW-Authenticate', 'Bearer realm="gatehouse"']],
    ['invalid_credential', ['WWW-Authenticate', 'Bearer realm="gatehouse", error="invalid_token"']],
    ['unable_to_decide', ['Retry-After', '1']],
    ['method_not_allowed', ['Allow', 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS']],
    ['not_permitted', []],
  ];
  it.each(rows)('for %s are %j', (reason, headers) => expect(refusalHeaders(reason)).toEqual(headers));

  it.each(all.filter(([, { status }]) => status === 401))('for %s name a scheme', (reason) => {
    expect(refusalHeaders(reason)[0]).toBe('WWW-Authenticate');
  });
});
