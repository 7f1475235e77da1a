/** `list` is flat: name, value, name, value, in the order in which the names came. */
export type AnswerHeaders =
  | { readonly kind: 'headers'; readonly list: readonly string[]; readonly isEventStream: boolean }
  | { readonly kind: 'broken'; readonly cause: Error };

/** Reads the head of an answer as undici gives it, and refuses a framing that was not undone completely. */
export const answerHeaders = (headers: Record<string, string | string[] | undefined>): AnswerHeaders => {
  const list: string[] = [];
  for (const name in headers) {
    const value = headers[name];
    if (typeof value === 'string') list.push(name, value);
    else for (const one of value ?? []) list.push(name, one);
  }
  const coding = headers['transfer-encoding'];
  // `gzip, chunked` would pass on as if it were the content; two lines are a list (RFC 9112, 6.1).
  if (coding !== undefined && (typeof coding !== 'string' || coding.toLowerCase() !== 'chunked')) {
    return { kind: 'broken', cause: new Error('a transfer encoding other than chunked') };
  }
  const type = headers['content-type'];
  const isEventStream = typeof type === 'string' && type.toLowerCase().startsWith('text/event-stream');
  return { kind: 'headers', list, isEventStream };
};
