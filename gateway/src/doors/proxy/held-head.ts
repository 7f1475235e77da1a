/** Bodies that can be read: JSON, not compressed, and both said once. */
export const isReadable = (headers: readonly string[]): boolean => {
  const types = valuesOf(headers, 'content-type');
  const encodings = valuesOf(headers, 'content-encoding');
  return (
    types.length === 1 && isJson(types[0] ?? '') && encodings.every((one) => one.trim().toLowerCase() === 'identity')
  );
};

const valuesOf = (headers: readonly string[], name: string): readonly string[] =>
  headers.filter((_value, at) => at % 2 === 1 && headers[at - 1]?.toLowerCase() === name);

const isJson = (type: string): boolean => /^application\/(?:[a-z0-9.+-]+\+)?json[ \t]*(?:;|$)/i.test(type.trim());

/** What speaks of the body as the application sent it, or of more than the caller may see. */
const oldBodys: ReadonlySet<string> = new Set([
  'accept-ranges',
  'cache-control',
  'content-digest',
  'content-length',
  'content-md5',
  'content-range',
  'digest',
  'etag',
  'expires',
  'last-modified',
  'link',
  'pragma',
  'repr-digest',
  'trailer',
  'transfer-encoding',
  'x-total-count',
]);

/** The head of an answer whose body was replaced: nobody keeps what was made for one caller. */
export const replacedHead = (headers: readonly string[], bytes: number): string[] => {
  const list: string[] = [];
  for (let at = 0; at < headers.length; at += 2) {
    const name = headers[at] ?? '';
    if (!oldBodys.has(name.toLowerCase())) list.push(name, headers[at + 1] ?? '');
  }
  list.push('Cache-Control', 'private, no-store', 'Content-Length', String(bytes));
  return list;
};
