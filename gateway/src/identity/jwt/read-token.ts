import { repeatsName } from './repeated-name.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** What a token says of itself; nothing of it is proven yet. */
export type TokenRead =
  | { readonly kind: 'token'; readonly header: JsonObject; readonly claims: JsonObject }
  /** No JWT at all. */
  | { readonly kind: 'other' }
  /** Meant as a JWT, and none that can be accepted. */
  | { readonly kind: 'broken' };

/** Real ones are one to two KB. */
const lengthMax = 8 * 1024;

const other = { kind: 'other' } as const;
const broken = { kind: 'broken' } as const;

/**
 * Reads the compact serialization (RFC 7515, 7.1) of a JWT, in the one spelling that it has: no padding, no stray bits
 * behind the last byte, no foreign characters, UTF-8, no name twice. Two spellings of one token would be two tokens to
 * whoever compares them.
 */
export const readToken = (text: string): TokenRead => {
  const parts = text.split('.', 4);
  const [head = '', payload = '', signature = ''] = parts;
  if (parts.length !== 3) return other;
  if (text.length > lengthMax) return broken;
  if (!isJsonObject(parsed(Buffer.from(head, 'base64url').toString()))) return other;
  const header = strictly(head);
  const claims = strictly(payload);
  const isSigned = isCanonical(signature, Buffer.from(signature, 'base64url'));
  return header === undefined || claims === undefined || !isSigned ? broken : { kind: 'token', header, claims };
};

const strictly = (part: string): JsonObject | undefined => {
  const bytes = Buffer.from(part, 'base64url');
  const json = isCanonical(part, bytes) ? utf8(bytes) : undefined;
  const value = json === undefined ? undefined : parsed(json);
  return json !== undefined && isJsonObject(value) && !repeatsName(json) ? value : undefined;
};

const isCanonical = (part: string, bytes: Buffer): boolean => bytes.toString('base64url') === part;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const utf8 = (bytes: Buffer): string | undefined => {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
};

const parsed = (json: string): unknown => {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
};

const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
