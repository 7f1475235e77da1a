import type { Reason } from '@gatehouse/policies/reasons';
import { isAccountName } from '@gatehouse/policies/routes/acting-account';
import { withoutOurCookies } from './cookies.ts';
import { headerKind } from './header-names.ts';
import type { HeaderKind } from './header-names.ts';

/** What the header pass reads of a request: the fields of node's `IncomingMessage` that hold it unparsed. */
export type RawHead = {
  readonly httpVersion: string;
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  /** Flat: name, value, name, value, as they came. */
  readonly rawHeaders: readonly string[];
};

export type Head = {
  readonly kind: 'head';
  /** Not judged beyond being the only one. */
  readonly host: string | undefined;
  /** The credential, consumed: never among `outgoing`. */
  readonly bearer: string | undefined;
  readonly account: string | undefined;
  /** An `Authorization` of another scheme than Bearer: the application's, on routes for everyone. */
  readonly foreignAuthorization: string | undefined;
  /** Bytes of the body that is announced; 0 when there is none or when it is chunked. */
  readonly contentLength: number;
  readonly chunked: boolean;
  /** The client waits for a 100 before it sends the body. */
  readonly expectsContinue: boolean;
  /** Flat list for the upstream. Holds none of the names that the gateway manages; those are added after an allow. */
  readonly outgoing: string[];
};

export type HeadRefused = { readonly kind: 'refused'; readonly reason: Reason; readonly detail: string };
export type HeadRead = Head | HeadRefused;

type HeadLimits = { readonly headBytesMax: number; readonly headLinesMax: number };
type Draft = { -readonly [Field in keyof Head]: Head[Field] } & {
  readonly isHttp10: boolean;
  bytes: number;
  oursCount: number;
  hasContentLength: boolean;
  listed: string[] | undefined;
};
type Reader = (draft: Draft, name: string, value: string) => HeadRefused | undefined;

/** Blank, colon and line end of a header line; blanks, version and line end of the request line. */
const LINE_EXTRA_BYTES = 4;
const REQUEST_LINE_EXTRA_BYTES = 12;
/** Each listed name is searched for in each line. */
const LISTED_MAX = 32;

/**
 * Judges the head of a request and builds the list that goes upstream, in one pass over the raw lines. Whatever two
 * readers could understand differently is refused, never repaired (RFC 9112, 11.2).
 */
export const readHead = (raw: RawHead, limits: HeadLimits): HeadRead => {
  if (raw.httpVersion !== '1.1' && raw.httpVersion !== '1.0') return refused('http_version', 'HTTP/1.1 is spoken here');
  if (raw.rawHeaders.length > limits.headLinesMax * 2) {
    return refused('headers_too_large', `more than ${limits.headLinesMax} header lines`);
  }
  const draft = emptyDraft(raw.httpVersion === '1.0');
  draft.bytes = REQUEST_LINE_EXTRA_BYTES + (raw.method?.length ?? 0) + (raw.url?.length ?? 0);
  const refusal = readLines(draft, raw.rawHeaders);
  if (refusal !== undefined) return refusal;
  if (draft.bytes > limits.headBytesMax) {
    return refused('headers_too_large', `more than ${limits.headBytesMax} bytes`);
  }
  return finished(draft);
};

const readLines = (draft: Draft, rawHeaders: readonly string[]): HeadRefused | undefined => {
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    const value = rawHeaders[at + 1] ?? '';
    draft.bytes += name.length + value.length + LINE_EXTRA_BYTES;
    const kind = headerKind(name);
    if (kind === 'pass') draft.outgoing.push(name, value);
    else if (kind !== 'drop') {
      const refusal = readers[kind](draft, name, value);
      if (refusal !== undefined) return refusal;
    }
  }
  return undefined;
};

const emptyDraft = (isHttp10: boolean): Draft => ({
  kind: 'head',
  host: undefined,
  bearer: undefined,
  account: undefined,
  foreignAuthorization: undefined,
  contentLength: 0,
  chunked: false,
  expectsContinue: false,
  outgoing: [],
  isHttp10,
  bytes: 0,
  oursCount: 0,
  hasContentLength: false,
  listed: undefined,
});

/** Judges what only the whole head shows. */
const finished = (draft: Draft): HeadRead => {
  if (draft.oursCount > 1) return refused('two_credentials', 'more than one session cookie');
  if (draft.oursCount === 1 && draft.bearer !== undefined)
    return refused('two_credentials', 'a token and a session cookie');
  if (draft.chunked && draft.hasContentLength) return refused('bad_request', 'Content-Length beside Transfer-Encoding');
  if (draft.listed !== undefined) {
    const refusal = withoutListed(draft, draft.listed);
    if (refusal !== undefined) return refusal;
  }
  return draft;
};

/**
 * Removes what Connection lists (RFC 9110, 7.6.1). A listed name that decides or frames is refused: removing it after
 * it was judged would let the client choose between two readings of its own request.
 */
const withoutListed = (draft: Draft, listed: readonly string[]): HeadRefused | undefined => {
  for (const name of listed) {
    const kind = headerKind(name);
    if (kind !== 'pass' && kind !== 'drop') return refused('ambiguous_header', `Connection lists ${name}`);
  }
  const { outgoing } = draft;
  let kept = 0;
  for (let at = 0; at < outgoing.length; at += 2) {
    const name = outgoing[at] ?? '';
    if (listed.includes(name.toLowerCase())) continue;
    outgoing[kept] = name;
    outgoing[kept + 1] = outgoing[at + 1] ?? '';
    kept += 2;
  }
  outgoing.length = kept;
  return undefined;
};

const readers: Record<Exclude<HeaderKind, 'pass' | 'drop'>, Reader> = {
  ambiguous: (_draft, name) => refused('ambiguous_header', `${name} is another spelling of a header that decides`),
  host: (draft, _name, value) => {
    if (draft.host !== undefined) return refused('ambiguous_host', 'more than one Host');
    draft.host = value;
    return undefined;
  },
  account: (draft, _name, value) => {
    if (draft.account !== undefined) return refused('ambiguous_header', 'more than one Gatehouse-Account');
    if (!isAccountName(value)) return refused('ambiguous_header', 'Gatehouse-Account is not one slug or id');
    draft.account = value;
    return undefined;
  },
  authorization: (draft, _name, value) => {
    if (draft.bearer !== undefined || draft.foreignAuthorization !== undefined) {
      return refused('two_credentials', 'more than one Authorization');
    }
    return readAuthorization(draft, value);
  },
  connection: (draft, _name, value) => {
    if (value === 'keep-alive' || value === 'close') return undefined;
    const listed = (draft.listed ??= []);
    for (const option of value.toLowerCase().split(',')) listed.push(option.trim());
    return listed.length > LISTED_MAX ? refused('ambiguous_header', 'Connection lists too many names') : undefined;
  },
  'content-length': (draft, _name, value) => {
    if (draft.hasContentLength) return refused('ambiguous_header', 'more than one Content-Length');
    if (!/^[0-9]{1,15}$/.test(value)) return refused('ambiguous_header', 'Content-Length is not a number');
    draft.hasContentLength = true;
    draft.contentLength = Number(value);
    return undefined;
  },
  cookie: (draft, name, value) => {
    const { rest, oursCount } = withoutOurCookies(value);
    draft.oursCount += oursCount;
    if (rest !== '') draft.outgoing.push(name, rest);
    return undefined;
  },
  expect: (draft, _name, value) => {
    // RFC 9110, 10.1.1: an expectation in an HTTP/1.0 request is ignored.
    if (draft.isHttp10) return undefined;
    if (draft.expectsContinue || value.toLowerCase() !== '100-continue') {
      return refused('expectation_failed', 'only one 100-continue can be met');
    }
    draft.expectsContinue = true;
    return undefined;
  },
  'transfer-encoding': (draft, _name, value) => {
    if (draft.isHttp10) return refused('bad_request', 'Transfer-Encoding in an HTTP/1.0 request');
    if (draft.chunked) return refused('bad_request', 'more than one Transfer-Encoding');
    if (value.toLowerCase() !== 'chunked')
      return refused('transfer_encoding_unknown', 'only "chunked" alone is understood');
    draft.chunked = true;
    return undefined;
  },
};

/** RFC 6750, 2.1 with the token68 of RFC 9110, 11.2. */
const readAuthorization = (draft: Draft, value: string): HeadRefused | undefined => {
  const bearer = /^bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(value);
  if (bearer !== null) {
    draft.bearer = bearer[1];
    return undefined;
  }
  if (value === '') return refused('ambiguous_header', 'Authorization is empty');
  if (/^bearer(?![A-Za-z0-9!#$%&'*+.^_`|~-])/i.test(value))
    return refused('invalid_credential', 'the bearer token is malformed');
  if (/[,\s]bearer[\s,]/i.test(value)) return refused('two_credentials', 'a list of credentials in Authorization');
  draft.foreignAuthorization = value;
  return undefined;
};

const refused = (reason: Reason, detail: string): HeadRefused => ({ kind: 'refused', reason, detail });
