import type { ImportAsked, RowVerdict } from '../content/import/import-shapes.ts';

/** About content that is registered, or yet to be. */
export type ContentOperations = {
  readonly effects: () => Promise<EffectsAnswer>;
  readonly retryEffect: (asked: EffectNamed) => Promise<RetryAnswer>;
  readonly discardEffect: (asked: EffectNamed) => Promise<DiscardAnswer>;
  /** At most 200 rows. */
  readonly importContent: (asked: ImportAsked) => Promise<ImportAnswer>;
};

export type EffectNamed = { readonly id: string };

/** What an application has done and the registry has yet to show. */
export type PendingEffect = {
  readonly id: string;
  readonly kind: 'register' | 'forget';
  readonly object: string;
  readonly accountId: string;
  readonly actor: string;
  readonly requestId: string;
  readonly at: string;
  readonly state: 'running' | 'waiting' | 'blocked';
  readonly attempts: number;
  readonly why?: string;
};

export type EffectsAnswer = { readonly kind: 'answer'; readonly effects: readonly PendingEffect[] } | Refused;

export type RetryAnswer =
  | {
      readonly kind: 'answer';
      readonly outcome: 'done' | 'dropped' | 'blocked' | 'waiting';
      readonly message?: string;
    }
  | Refused;

export type DiscardAnswer = { readonly kind: 'answer' } | Refused;

export type ImportAnswer = { readonly kind: 'answer'; readonly verdicts: readonly RowVerdict[] } | Refused;

type Refused = { readonly kind: 'refused'; readonly message: string };
