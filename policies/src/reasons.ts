/**
 * The closed list of reasons: the same words in answers, decision records, console and tests.
 * `status` is what the proxy door answers; `title` is public text; `remedy` says what the caller can do.
 */
export const reasons = {
  ambiguous_path: {
    status: 400,
    title: 'The path can be read in more than one way',
    remedy: 'Send the path without encoded separators, dot segments, empty segments or control bytes.',
  },
  ambiguous_query: {
    status: 400,
    title: 'A deciding query parameter is missing or given twice',
    remedy: 'Send the parameter exactly once.',
  },
  ambiguous_host: {
    status: 400,
    title: 'The host of the request is missing, repeated or malformed',
    remedy: 'Send exactly one valid Host header.',
  },
  ambiguous_header: {
    status: 400,
    title: 'A header that decides is repeated or malformed',
    remedy: 'Send each of Authorization, Gatehouse-Account and Content-Length at most once, spelled with hyphens.',
  },
  bad_parameter: {
    status: 400,
    title: 'A path parameter is outside its alphabet',
    remedy: 'Check the identifier in the path.',
  },
  bad_request: {
    status: 400,
    title: 'The request is not well-formed HTTP',
    remedy: 'Send a well-formed HTTP/1.1 request.',
  },
  account_required: {
    status: 400,
    title: 'The request does not say for which account it is made',
    remedy: 'Send the header Gatehouse-Account with the slug of one of your accounts.',
  },
  two_credentials: {
    status: 400,
    title: 'The request carries more than one credential',
    remedy: 'Send exactly one credential.',
  },
  sign_in_required: { status: 401, title: 'A credential is required', remedy: 'Send "Authorization: Bearer <token>".' },
  invalid_credential: {
    status: 401,
    title: 'The credential is not valid',
    remedy: 'Use a token that is complete, not expired and not revoked.',
  },
  credential_not_accepted: {
    status: 401,
    title: 'This route does not accept this kind of credential',
    remedy: 'Use a credential of a kind that the route accepts.',
  },
  not_permitted: {
    status: 403,
    title: 'The caller may not do this',
    remedy: 'Ask an owner of the organization for access.',
  },
  foreign_account: {
    status: 403,
    title: 'The caller does not belong to the acting account',
    remedy: 'Name an account that you belong to.',
  },
  out_of_scope: {
    status: 403,
    title: 'The token does not carry the scope for this',
    remedy: 'Use a token with a wider scope.',
  },
  no_route: { status: 404, title: 'No route matches', remedy: 'Check the method, the host and the path.' },
  method_not_allowed: {
    status: 405,
    title: 'This method is not served',
    remedy: 'CONNECT and TRACE are never proxied.',
  },
  too_slow: { status: 408, title: 'The request did not arrive in time', remedy: 'Send the request faster.' },
  body_too_large: { status: 413, title: 'The request body is too large', remedy: 'Send a smaller body.' },
  path_too_long: { status: 414, title: 'The path is too long', remedy: 'Send a path of at most 8 KB.' },
  expectation_failed: {
    status: 417,
    title: 'The expectation cannot be met',
    remedy: 'Send no Expect header, or "Expect: 100-continue".',
  },
  headers_too_large: {
    status: 431,
    title: 'The request head is too large',
    remedy: 'Send at most 16 KB in at most 200 header lines.',
  },
  upgrade_refused: {
    status: 501,
    title: 'Protocol upgrades are not served on this route',
    remedy: 'Send the request without an Upgrade header.',
  },
  transfer_encoding_unknown: {
    status: 501,
    title: 'The transfer encoding is not supported',
    remedy: 'Send Content-Length or "Transfer-Encoding: chunked".',
  },
  http_version: { status: 505, title: 'The HTTP version is not supported', remedy: 'Use HTTP/1.1.' },
  already_registered: {
    status: 502,
    title: 'The application answered with an id that belongs to another account',
    remedy: 'Tell whoever runs the application, with the request id.',
  },
  not_recorded: {
    status: 502,
    title: 'The application did its work, but the gateway could not record it yet',
    remedy: 'Do not repeat the request: it is recorded as soon as that is possible. Ask again for the object later.',
  },
  unregistrable: {
    status: 502,
    title: 'The answer of the application holds no id that can be registered',
    remedy: 'Tell whoever runs the application, with the request id.',
  },
  unfilterable: {
    status: 502,
    title: 'The answer of the application could not be filtered',
    remedy: 'Tell whoever runs the application, with the request id.',
  },
  upstream_failed: {
    status: 502,
    title: 'The application did not answer properly',
    remedy: 'Try again; if it stays, tell whoever runs the application.',
  },
  upstream_timeout: {
    status: 504,
    title: 'The application did not answer in time',
    remedy: 'Try again; if it stays, tell whoever runs the application.',
  },
  unable_to_decide: { status: 503, title: 'No decision could be made', remedy: 'Try again shortly.' },
  internal: { status: 500, title: 'The gateway failed', remedy: 'Tell whoever runs the gateway, with the request id.' },
} as const;

export type Reason = keyof typeof reasons;
