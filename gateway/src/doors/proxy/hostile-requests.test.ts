import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openApplication, openDoor, reasonOf, sendRaw, statusOf } from './test/world.ts';
import type { Application, World } from './test/world.ts';

const big = 'x'.repeat(17_000);
const manyLines = Array.from({ length: 201 }, (_, at) => `X-${at}: 1\r\n`).join('');
const H = 'Host: a.example\r\n';

/** Bytes of a request, the status and the reason that they get. */
const rows: readonly (readonly [title: string, bytes: string, status: number, reason: string])[] = [
  ['no Host', 'GET / HTTP/1.1\r\n\r\n', 400, 'ambiguous_host'],
  ['an empty Host', 'GET / HTTP/1.1\r\nHost:\r\n\r\n', 400, 'ambiguous_host'],
  ['two Hosts', `GET / HTTP/1.1\r\n${H}Host: b.example\r\n\r\n`, 400, 'ambiguous_host'],
  ['two equal Hosts', `GET / HTTP/1.1\r\n${H}${H}\r\n`, 400, 'ambiguous_host'],
  ['a Host with a path', 'GET / HTTP/1.1\r\nHost: a.example/b\r\n\r\n', 400, 'ambiguous_host'],
  ['no Host in HTTP/1.0', 'GET / HTTP/1.0\r\n\r\n', 400, 'ambiguous_host'],
  ['an absolute form that differs from Host', `GET http://b.example/ HTTP/1.1\r\n${H}\r\n`, 400, 'ambiguous_host'],
  ['HTTP/0.9', 'GET /\r\n\r\n', 505, 'http_version'],
  ['HTTP/2.0 as a text line', `GET / HTTP/2.0\r\n${H}\r\n`, 505, 'http_version'],
  ['HTTP/1.2', `GET / HTTP/1.2\r\n${H}\r\n`, 505, 'http_version'],
  ['an HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400, 'bad_request'],
  ['an unknown method', `HELLO / HTTP/1.1\r\n${H}\r\n`, 400, 'bad_request'],
  ['a lower-case method', `get / HTTP/1.1\r\n${H}\r\n`, 400, 'bad_request'],
  ['TRACE', `TRACE / HTTP/1.1\r\n${H}\r\n`, 405, 'method_not_allowed'],
  ['CONNECT', `CONNECT a.example:443 HTTP/1.1\r\n${H}\r\n`, 405, 'method_not_allowed'],
  ['a tab in the request line', `GET\t/ HTTP/1.1\r\n${H}\r\n`, 400, 'bad_request'],
  ['an encoded slash', `GET /a%2fb HTTP/1.1\r\n${H}\r\n`, 400, 'ambiguous_path'],
  ['an encoded slash in capitals', `GET /a%2Fb HTTP/1.1\r\n${H}\r\n`, 400, 'ambiguous_path'],
  ['a twice encoded slash', `GET /a%252fb HTTP/1.1\r\n${H}\r\n`, 400, 'ambiguous_path'],
  ['dot segments', `GET /a/../b HTTP/1.1\r\n${H}\r\n`, 400, 'ambiguous_path'],
  ['encoded dot segments', `GET /a/%2e%2e/b HTTP/1.1\r\n${H}\r\n`, 400, 'ambiguous_path'],
  ['a backslash', `GET /a\\b HTTP/1.1\r\n${H}\r\n`, 400, 'ambiguous_path'],
  ['a fragment', `GET /a#b HTTP/1.1\r\n${H}\r\n`, 400, 'ambiguous_path'],
  ['the asterisk form', `OPTIONS * HTTP/1.1\r\n${H}\r\n`, 400, 'bad_request'],
  ['a path over 8 KB', `GET /${'a'.repeat(9_000)} HTTP/1.1\r\n${H}\r\n`, 414, 'path_too_long'],
  ['a head over 16 KB', `GET / HTTP/1.1\r\n${H}X: ${big}\r\n\r\n`, 431, 'headers_too_large'],
  ['a request line over 16 KB', `GET /${big} HTTP/1.1\r\n${H}\r\n`, 431, 'headers_too_large'],
  ['201 lines', `GET / HTTP/1.1\r\n${manyLines}\r\n`, 431, 'headers_too_large'],
  ['more than 201 lines', `GET / HTTP/1.1\r\n${H}${manyLines}\r\n`, 431, 'headers_too_large'],
  [
    'two Authorizations',
    `GET / HTTP/1.1\r\n${H}Authorization: Bearer a\r\nAuthorization: Bearer a\r\n\r\n`,
    400,
    'two_credentials',
  ],
  [
    'two Authorizations of two schemes',
    `GET / HTTP/1.1\r\n${H}authorization: Basic a\r\nAUTHORIZATION: Bearer a\r\n\r\n`,
    400,
    'two_credentials',
  ],
  ['a list of credentials', `GET / HTTP/1.1\r\n${H}Authorization: Basic a, Bearer b\r\n\r\n`, 400, 'two_credentials'],
  [
    'a token and a session cookie',
    `GET / HTTP/1.1\r\n${H}Authorization: Bearer a\r\nCookie: a=b; gatehouse-app=c\r\n\r\n`,
    400,
    'two_credentials',
  ],
  [
    'two session cookies',
    `GET / HTTP/1.1\r\n${H}Cookie: gatehouse=b; __Host-gatehouse-app=c\r\n\r\n`,
    400,
    'two_credentials',
  ],
  [
    'two session cookies in two lines',
    `GET / HTTP/1.1\r\n${H}Cookie: gatehouse=b\r\nCookie: gatehouse=b\r\n\r\n`,
    400,
    'two_credentials',
  ],
  ['a bearer without a token', `GET / HTTP/1.1\r\n${H}Authorization: Bearer\r\n\r\n`, 401, 'invalid_credential'],
  [
    'a bearer with blanks in the token',
    `GET / HTTP/1.1\r\n${H}Authorization: bearer a b\r\n\r\n`,
    401,
    'invalid_credential',
  ],
  ['a bearer behind a tab', `GET / HTTP/1.1\r\n${H}Authorization: Bearer\ta\r\n\r\n`, 401, 'invalid_credential'],
  ['a list of bearers', `GET / HTTP/1.1\r\n${H}Authorization: Bearer a, Bearer b\r\n\r\n`, 401, 'invalid_credential'],
  ['an empty Authorization', `GET / HTTP/1.1\r\n${H}Authorization:\r\n\r\n`, 400, 'ambiguous_header'],
  [
    'two Gatehouse-Accounts',
    `GET / HTTP/1.1\r\n${H}Gatehouse-Account: a\r\ngatehouse-account: a\r\n\r\n`,
    400,
    'ambiguous_header',
  ],
  ['a list of accounts', `GET / HTTP/1.1\r\n${H}Gatehouse-Account: a, b\r\n\r\n`, 400, 'ambiguous_header'],
  ['an empty account', `GET / HTTP/1.1\r\n${H}Gatehouse-Account:\r\n\r\n`, 400, 'ambiguous_header'],
  [
    'an account with an underscore in the name',
    `GET / HTTP/1.1\r\n${H}Gatehouse_Account: a\r\n\r\n`,
    400,
    'ambiguous_header',
  ],
  ['Content_Length', `POST / HTTP/1.1\r\n${H}Content_Length: 3\r\nContent-Length: 0\r\n\r\n`, 400, 'ambiguous_header'],
  ['Transfer_Encoding', `POST / HTTP/1.1\r\n${H}Transfer_Encoding: chunked\r\n\r\n`, 400, 'ambiguous_header'],
  [
    'two Content-Lengths',
    `POST / HTTP/1.1\r\n${H}Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc`,
    400,
    'bad_request',
  ],
  ['a Content-Length that is a list', `POST / HTTP/1.1\r\n${H}Content-Length: 3, 3\r\n\r\nabc`, 400, 'bad_request'],
  ['a signed Content-Length', `POST / HTTP/1.1\r\n${H}Content-Length: +3\r\n\r\nabc`, 400, 'bad_request'],
  [
    'Content-Length and chunked',
    `POST / HTTP/1.1\r\n${H}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    400,
    'bad_request',
  ],
  [
    'chunked and Content-Length',
    `POST / HTTP/1.1\r\n${H}Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n`,
    400,
    'bad_request',
  ],
  [
    'gzip, chunked',
    `POST / HTTP/1.1\r\n${H}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
    501,
    'transfer_encoding_unknown',
  ],
  ['gzip', `POST / HTTP/1.1\r\n${H}Transfer-Encoding: gzip\r\n\r\nabc`, 501, 'transfer_encoding_unknown'],
  [
    'chunked twice in one line',
    `POST / HTTP/1.1\r\n${H}Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n`,
    400,
    'bad_request',
  ],
  [
    'chunked in two lines',
    `POST / HTTP/1.1\r\n${H}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    400,
    'bad_request',
  ],
  [
    'chunked behind a vertical tab',
    `POST / HTTP/1.1\r\n${H}Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n`,
    400,
    'bad_request',
  ],
  ['chunked in HTTP/1.0', `POST / HTTP/1.0\r\n${H}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400, 'bad_request'],
  ['another expectation', `POST / HTTP/1.1\r\n${H}Expect: 200-ok\r\n\r\n`, 417, 'expectation_failed'],
  [
    'two expectations',
    `POST / HTTP/1.1\r\n${H}Expect: 100-continue, x\r\nContent-Length: 3\r\n\r\n`,
    417,
    'expectation_failed',
  ],
  [
    'Connection that lists Authorization',
    `GET / HTTP/1.1\r\n${H}Connection: Authorization\r\n\r\n`,
    400,
    'ambiguous_header',
  ],
  ['Connection that lists Host', `GET / HTTP/1.1\r\n${H}Connection: close, HOST\r\n\r\n`, 400, 'ambiguous_header'],
  [
    'Connection that lists Content-Length',
    `POST / HTTP/1.1\r\n${H}Connection: content-length\r\nContent-Length: 3\r\n\r\nabc`,
    400,
    'ambiguous_header',
  ],
  [
    'Connection that lists Gatehouse-Account',
    `GET / HTTP/1.1\r\n${H}Connection: gatehouse-account\r\n\r\n`,
    400,
    'ambiguous_header',
  ],
  ['Connection that lists Cookie', `GET / HTTP/1.1\r\n${H}Connection: cookie\r\n\r\n`, 400, 'ambiguous_header'],
  [
    'Connection with dozens of names',
    `GET / HTTP/1.1\r\n${H}Connection: ${'a,'.repeat(40)}a\r\n\r\n`,
    400,
    'ambiguous_header',
  ],
  [
    'a WebSocket handshake',
    `GET / HTTP/1.1\r\n${H}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x\r\n\r\n`,
    501,
    'upgrade_refused',
  ],
  [
    'an upgrade to h2c',
    `GET / HTTP/1.1\r\n${H}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: x\r\n\r\n`,
    501,
    'upgrade_refused',
  ],
  ['a bare LF behind the request line', `GET / HTTP/1.1\n${H}\r\n`, 505, 'http_version'],
  ['a bare LF behind a header', 'GET / HTTP/1.1\r\nHost: a.example\nX: 1\r\n\r\n', 400, 'bad_request'],
  ['a bare CR in a value', `GET / HTTP/1.1\r\n${H}X: a\rb\r\n\r\n`, 400, 'bad_request'],
  ['a folded line', `GET / HTTP/1.1\r\n${H}X: a\r\n b\r\n\r\n`, 400, 'bad_request'],
  ['a blank before the colon', `GET / HTTP/1.1\r\n${H}X : a\r\n\r\n`, 400, 'bad_request'],
  ['a NUL in a value', `GET / HTTP/1.1\r\n${H}X: a\0b\r\n\r\n`, 400, 'bad_request'],
  [
    'a chunk size that is no number',
    `POST / HTTP/1.1\r\n${H}Transfer-Encoding: chunked\r\n\r\nzz\r\n`,
    400,
    'bad_request',
  ],
  [
    'a chunk longer than its size',
    `POST / HTTP/1.1\r\n${H}Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n`,
    400,
    'bad_request',
  ],
  ['garbage', '\x16\x03\x01\x02\x00\x01\x00', 400, 'bad_request'],
];

describe('a hostile request', () => {
  let application: Application;
  let world: World;
  beforeAll(async () => {
    application = await openApplication();
    world = await openDoor({ origin: application.origin });
  });
  afterAll(async () => {
    await world[Symbol.asyncDispose]();
    await application[Symbol.asyncDispose]();
  });

  it.each(rows)('with %s is answered, recorded, closed and never forwarded', async (_title, bytes, status, reason) => {
    const before = world.outcomes.length;
    const answer = await sendRaw(world.port, bytes);
    expect(statusOf(answer)).toBe(status);
    expect(reasonOf(answer)).toBe(reason);
    expect(application.seen).toEqual([]);
    expect(answer.match(/^HTTP\/1\.1 /gm)).toHaveLength(1);
    expect(answer).toMatch(/\r\nX-Request-Id: req_[0-9a-z]{26}\r\n/);
    expect(answer).toMatch(/\r\nConnection: close\r\n/);
    const outcomes = world.outcomes.slice(before);
    // A broken chunk comes after the head was judged, and allowed.
    const verdicts = status === 401 ? ['sign-in'] : ['bad-request', 'allow'];
    expect(outcomes).toMatchObject([{ reason, status, ending: 'complete' }]);
    expect(verdicts).toContain(outcomes[0]?.verdict);
  });
});
