import { Agent, request } from 'undici';
import type { Dispatcher } from 'undici';

/** A JSON document. `maxAgeMs` is what its Cache-Control says, if it says something. */
export type FetchedDocument = { readonly value: unknown; readonly maxAgeMs: number | undefined };

/** Rejects with a reason that can be logged; no part of a document is ever handed over. */
export type FetchDocument = (url: string) => Promise<FetchedDocument>;

export type DocumentFetcher = { readonly fetch: FetchDocument; readonly close: () => Promise<void> };

type Options = {
  /** From the first byte sent to the last one received. */
  readonly deadlineMs?: number;
  readonly bytesMax?: number;
  /** Certificates (PEM) to trust instead of the system's. */
  readonly ca?: string;
};

/**
 * Fetches documents from addresses that the operator configured, over connections that serve nothing else. A redirect is
 * refused, not followed: the keys of an issuer come from the address that was configured.
 */
export const documentFetcher = ({ deadlineMs = 5_000, bytesMax = 256 * 1024, ca }: Options = {}): DocumentFetcher => {
  const agent = new Agent({
    connections: 1,
    pipelining: 1,
    allowH2: false,
    maxHeaderSize: 16 * 1024,
    headersTimeout: deadlineMs,
    bodyTimeout: deadlineMs,
    connect: { rejectUnauthorized: true, timeout: deadlineMs, ...(ca === undefined ? {} : { ca }) },
  });
  return {
    fetch: async (url) => {
      const answer = await request(url, {
        dispatcher: agent,
        reset: true,
        headers: { accept: 'application/json', 'accept-encoding': 'identity' },
        signal: AbortSignal.timeout(deadlineMs),
      });
      try {
        return await documentOf(answer, url, bytesMax);
      } finally {
        // What was not read is not waited for.
        answer.body.destroy();
      }
    },
    close: () => agent.destroy(),
  };
};

const documentOf = async (
  { statusCode, headers, body }: Dispatcher.ResponseData,
  url: string,
  bytesMax: number,
): Promise<FetchedDocument> => {
  body.on('error', () => undefined);
  if (statusCode !== 200) throw new Error(`${url} answered ${statusCode}`);
  if ((headers['content-encoding'] ?? 'identity') !== 'identity')
    throw new Error(`${url} answered in an encoding nobody asked for`);
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > bytesMax) throw new Error(`${url} answered with more than ${bytesMax} bytes`);
    chunks.push(chunk);
  }
  return { value: jsonOf(Buffer.concat(chunks), url), maxAgeMs: maxAgeOf(headers['cache-control']) };
};

const jsonOf = (bytes: Buffer, url: string): unknown => {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new Error(`${url} did not answer with JSON`, { cause });
  }
};

const maxAgeOf = (header: string | string[] | undefined): number | undefined => {
  const text = (Array.isArray(header) ? header.join(',') : (header ?? '')).toLowerCase();
  if (/(^|[\s,])no-(store|cache)\b/.test(text)) return 0;
  const seconds = /(?:^|[\s,])max-age="?(\d{1,9})/.exec(text)?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1_000;
};
