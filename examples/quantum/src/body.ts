import type { IncomingMessage } from 'node:http';
import { refusal } from './answer.ts';
import type { Answer } from './answer.ts';

export type Fields = Readonly<Record<string, unknown>>;
export type Body =
  | { readonly kind: 'fields'; readonly fields: Fields }
  | { readonly kind: 'refused'; readonly answer: Answer };

const bytesMax = 1_048_576;

/** Reads a JSON object of at most 1 MB. No body at all counts as `{}`. Rejects only when the client leaves. */
export const readBody = async (request: IncomingMessage): Promise<Body> => {
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > bytesMax) return refused(413, 'too_large', 'The body may have at most 1 MB.');
  const bytes = await collect(request);
  if (bytes === null) return refused(413, 'too_large', 'The body may have at most 1 MB.');
  if (bytes.length === 0) return { kind: 'fields', fields: {} };
  if (!isPlainJson(request))
    return refused(415, 'unsupported_media_type', 'Send application/json in UTF-8, without a content encoding.');
  return parse(bytes);
};

/** Null when there is too much. The rest is read and dropped, so that the client gets to see the answer. */
const collect = (request: IncomingMessage): Promise<Buffer | null> =>
  new Promise((resolve, reject) => {
    let chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= bytesMax) {
        chunks.push(chunk);
        return;
      }
      chunks = [];
      resolve(null);
    });
    request.once('end', () => resolve(Buffer.concat(chunks)));
    request.once('error', reject);
    request.once('close', () => reject(new Error('the client left')));
  });

const isPlainJson = ({ headers }: IncomingMessage): boolean =>
  /^application\/json\s*(?:;\s*charset="?utf-8"?\s*)?$/i.test(headers['content-type'] ?? '') &&
  (headers['content-encoding'] ?? 'identity') === 'identity';

const parse = (bytes: Buffer): Body => {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return refused(400, 'malformed_json', 'The body is not JSON in UTF-8.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return refused(400, 'invalid', 'The body must be a JSON object.');
  return { kind: 'fields', fields: value as Fields };
};

const refused = (status: number, error: string, message: string): Body => ({
  kind: 'refused',
  answer: refusal(status, error, message),
});
