import type { Ref } from './engine/engine.ts';
import type { CredentialKind } from './routes/rule.ts';

/** An account as rules and headers know it: `id` is what tuples carry, `slug` what people read. */
export type Account = { readonly id: string; readonly slug: string };

/** Who calls. `home` is the personal account, or the account that a service account belongs to. */
export type Principal = {
  readonly subject: Ref;
  /** User name or service account name, for people. */
  readonly name: string;
  readonly home: Account;
  /** A service account acts for its own account only. */
  readonly fixedToHome: boolean;
  /**
   * True when another account than `home` could be meant: the person belongs to at least one organization. Such a caller
   * must say for which account a request is made that creates or counts something.
   */
  readonly hasSeveralAccounts: boolean;
  /** How the caller was established; rules may accept some kinds only. */
  readonly credential: CredentialKind;
  /** Named bundles of permissions (`scopes.ts`); `all` stands for no restriction beyond the person's own rights. */
  readonly scopes: readonly string[];
  readonly tokenId?: string;
};
