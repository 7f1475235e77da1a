import { z } from 'zod';
import type { ClaimNames } from './issuer.ts';
import type { JsonObject } from './read-token.ts';

/** What a token says about its person beyond who it is. Nothing here identifies anybody. */
export type Profile = {
  readonly username: string | undefined;
  readonly name: string | undefined;
  readonly email: { readonly address: string; readonly isVerified: boolean } | undefined;
};

/** More than is ever shown: what a token says is kept for as long as the token is known. */
const lengthMax = 400;
const text = z
  .string()
  .transform((claimed) => claimed.slice(0, lengthMax))
  .optional()
  .catch(undefined);
/** What a mail server can deliver to without an extension, and the table of addresses takes. */
const address = z
  .string()
  .max(254)
  .regex(/^[!-?A-~]+@[A-Za-z0-9.-]+$/)
  .optional()
  .catch(undefined);

/** Claims that are missing, or are not what they should be, are left out. An address counts as verified only if the issuer says so. */
export const profileIn = (claims: JsonObject, names: ClaimNames): Profile => {
  const email = address.parse(own(claims, names.email));
  return {
    username: text.parse(own(claims, names.username)),
    name: text.parse(own(claims, names.name)),
    email: email === undefined ? undefined : { address: email, isVerified: own(claims, 'email_verified') === true },
  };
};

const own = (claims: JsonObject, name: string): unknown => (Object.hasOwn(claims, name) ? claims[name] : undefined);
