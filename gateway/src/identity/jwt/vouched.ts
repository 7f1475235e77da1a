import type { Issuer } from './issuer.ts';
import type { Profile } from './profile.ts';

/** Somebody whom an issuer vouches for. `profile` is there when the issuer's people may be made. */
export type Vouched = {
  readonly issuer: Issuer;
  readonly subject: string;
  readonly profile: Profile | undefined;
};
