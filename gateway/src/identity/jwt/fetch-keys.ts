import { z } from 'zod';
import { isKeyAddress } from './key-address.ts';
import type { FetchDocument } from './fetch-document.ts';
import type { Issuer } from './issuer.ts';
import { readKeySet } from './key-set.ts';
import type { KeySet } from './key-set.ts';

/** The keys as they are published now. `maxAgeMs` is what the answer's Cache-Control says. */
export type FetchedKeys = {
  readonly keys: KeySet;
  /** What is wrong with some of them. */
  readonly warning: string | undefined;
  readonly maxAgeMs: number | undefined;
};

/** Rejects with a reason that can be logged. */
export type FetchKeys = () => Promise<FetchedKeys>;

/** From the configured address, or from the one that the issuer's discovery document names. */
export const keysOf =
  (issuer: Issuer, fetchDocument: FetchDocument): FetchKeys =>
  async () => {
    const url = issuer.jwks ?? (await discovered(issuer.issuer, fetchDocument));
    const { value, maxAgeMs } = await fetchDocument(url);
    const read = await readKeySet(value, issuer.algorithms);
    if (read.kind === 'refused') throw new Error(`${url} answered with ${read.message}`);
    const warning = read.warnings.length === 0 ? undefined : `${url}: ${read.warnings.join('; ')}`;
    return { keys: read.keys, warning, maxAgeMs };
  };

const discoveryDocument = z.object({ issuer: z.string(), jwks_uri: z.string().max(2_048) });

/** OpenID Connect Discovery 1.0, sections 4.1 and 4.3: the document must name exactly the issuer that it was asked for. */
const discovered = async (issuer: string, fetchDocument: FetchDocument): Promise<string> => {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const read = discoveryDocument.safeParse((await fetchDocument(url)).value);
  if (!read.success) throw new Error(`${url} answered with no discovery document`);
  const { issuer: named, jwks_uri: keysUrl } = read.data;
  if (named !== issuer) throw new Error(`${url} speaks for another issuer, ${JSON.stringify(named.slice(0, 200))}`);
  if (!isKeyAddress(keysUrl)) throw new Error(`${url} names a jwks_uri that is neither https nor on loopback`);
  return keysUrl;
};
