/**
 * Names of request headers that no rule may set or remove. They say who calls and where from, frame the message, belong
 * to one connection (RFC 9110, 7.6.1), carry credentials, or change what was decided. A name ending with `*` stands for
 * every name that begins so. All in the spelling of `canonicalHeaderName`.
 */
export const managedHeaders: readonly string[] = [
  'gatehouse',
  'gatehouse-*',
  'x-request-id',
  'x-forwarded*',
  'forwarded',
  'x-real-ip',
  'x-original-*',
  'x-rewrite-*',
  'x-http-method-override',
  'x-http-method',
  'x-method-override',
  'remote-user',
  'remote-groups',
  'remote-name',
  'remote-email',
  'x-auth-request-*',
  'authorization',
  'cookie',
  'host',
  'content-length',
  'transfer-encoding',
  'expect',
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'upgrade',
  'http2-settings',
];

/** The one spelling that all spellings of a name come down to: some applications take `X_Forwarded.For` for `x-forwarded-for`. */
export const canonicalHeaderName = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '-');

const exact: ReadonlySet<string> = new Set(managedHeaders.filter((name) => !name.endsWith('*')));
const prefixes = managedHeaders.filter((name) => name.endsWith('*')).map((name) => name.slice(0, -1));

/** True for every spelling of a managed name. */
export const isManagedHeader = (name: string): boolean => {
  const canonical = canonicalHeaderName(name);
  return exact.has(canonical) || prefixes.some((prefix) => canonical.startsWith(prefix));
};

/** What the gateway asks of an application whose answer it reads whole; a rule that filters or registers leaves them alone. */
export const readAnswerHeaders: ReadonlySet<string> = new Set([
  'accept-encoding',
  'range',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
]);
