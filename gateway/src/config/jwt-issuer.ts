import { nearest } from '@gatehouse/policies/model/suggest';
import { readDurationMs } from '@gatehouse/policies/routes/quantity';
import { isScope, scopeNames } from '@gatehouse/policies/scopes';
import { z } from 'zod';
import { algorithms, isAlgorithm } from '../identity/jwt/issuer.ts';
import type { Algorithm, Issuer } from '../identity/jwt/issuer.ts';
import { isKeyAddress } from '../identity/jwt/key-address.ts';

const clockSkewMsMax = 5 * 60_000;

/** A missing key is named by its parent, a wrong value by itself. */
const expecting = (what: string) => ({
  error: (issue: { readonly input?: unknown }) =>
    issue.input === undefined ? `${what} is missing` : `${what} expected here`,
});

const refuse = (context: z.RefinementCtx, message: string, suggestion?: string): typeof z.NEVER => {
  context.addIssue({ code: 'custom', message, params: { suggestion } });
  return z.NEVER;
};

/** What stands in a claim, compared byte by byte: no blanks, which nobody sees. */
const exact = (what: string) =>
  z.string(expecting(what)).regex(/^[!-~]{1,500}$/, `${what} is 1 to 500 ASCII characters without blanks`);

const audience = exact('`audience: TEXT`');

const algorithm = z.string(expecting('the name of an algorithm')).transform((text, context): Algorithm => {
  if (isAlgorithm(text)) return text;
  if (/^(none|HS\d*)$/i.test(text)) {
    return refuse(context, `"${text}" is never accepted: who can check such a token can make one`);
  }
  const suggestion = nearest(text, Object.keys(algorithms));
  return refuse(
    context,
    `there is no algorithm "${text}"; there are ${Object.keys(algorithms).join(', ')}`,
    suggestion,
  );
});

const clockSkew = z
  .union([z.string(), z.number()], expecting('a duration like 30s'))
  .transform((text, context): number => {
    const ms = readDurationMs(text);
    if (ms === undefined) return refuse(context, 'a duration like 30s expected here');
    return ms > clockSkewMsMax ? refuse(context, 'clocks may differ by at most 5m') : ms;
  });

const scope = z.string(expecting('the name of a scope')).transform((text, context): string => {
  if (isScope(text)) return text;
  return refuse(
    context,
    `there is no scope "${text}"; there are ${scopeNames.join(', ')} and app:NAME`,
    nearest(text, scopeNames),
  );
});

const keyAddress = z
  .string(expecting('an address'))
  .refine(isKeyAddress, 'keys are fetched over https, or from this machine (http://127.0.0.1:PORT/…)');

const claim = z.string(expecting('the name of a claim')).min(1, 'the name of a claim is missing').max(100);

const claimsShape = z.strictObject(
  {
    username: claim.default('preferred_username'),
    name: claim.default('name'),
    email: claim.default('email'),
  },
  expecting('a map of `username`, `name` and `email`'),
);

/** The keys of one issuer. Defaults stand here and nowhere else. */
export const issuerShape = z
  .strictObject(
    {
      issuer: exact('`issuer: TEXT`, as tokens write it in `iss`,'),
      audience: z.union([audience, z.array(audience).min(1, 'a list of audiences has at least one').max(20)], {
        error: ({ input }) =>
          input === undefined
            ? '`audience: TEXT` is missing'
            : '1 to 500 ASCII characters without blanks, or a list of such texts, expected here',
      }),
      jwks: keyAddress.optional(),
      algorithms: z
        .array(algorithm, expecting('a list of algorithms'))
        .min(1, 'a list of algorithms has at least one')
        .default(['RS256', 'ES256', 'EdDSA']),
      'clock-skew': clockSkew.default(30_000),
      provision: z.boolean(expecting('true or false')).default(false),
      claims: claimsShape.optional(),
      scopes: z
        .array(scope, expecting('a list of scopes'))
        .min(1, 'a list of scopes has at least one')
        .default(['all']),
    },
    expecting('the keys of an issuer, at least `issuer` and `audience`,'),
  )
  .superRefine(({ issuer, jwks, provision, claims }, context) => {
    if (jwks === undefined && !isDiscoverable(issuer)) {
      context.addIssue({
        code: 'custom',
        path: ['issuer'],
        message: '`jwks: URL` is missing: an issuer that is no https address cannot be discovered',
      });
    }
    if (claims !== undefined && !provision) {
      context.addIssue({
        code: 'custom',
        path: ['claims'],
        message: '`claims` says nothing without `provision: true`',
      });
    }
  });

/** OpenID Connect Discovery 1.0, section 3: an address without query or fragment. */
const isDiscoverable = (issuer: string): boolean => isKeyAddress(issuer) && !issuer.includes('?');

/** What was written, with a name and every default. */
export const issuerOf = (name: string, written: z.output<typeof issuerShape>): Issuer => {
  const { issuer, audience: audiences, jwks, provision, claims, scopes } = written;
  return {
    name,
    issuer,
    audiences: typeof audiences === 'string' ? [audiences] : audiences,
    ...(jwks === undefined ? {} : { jwks }),
    algorithms: written.algorithms,
    clockSkewMs: written['clock-skew'],
    provision,
    claims: claims ?? claimsShape.parse({}),
    scopes,
  };
};
