import { z } from 'zod';
import type { ContentObject } from './content-name.ts';

const reference = z.string().regex(/^[a-z_]+:[^\s:]+$/);
const object = z.custom<ContentObject>((value) => typeof value === 'string' && /^content:[^\s:]+$/.test(value));

const common = {
  id: z.string().regex(/^eff_[0-9a-hjkmnp-tv-z]{26}$/),
  /** When the application had answered; ISO 8601. */
  at: z.iso.datetime(),
  object,
  /** The acting account. */
  accountId: z.string().min(1),
  actor: z.strictObject({ subject: reference, tokenId: z.string().optional() }),
  /** The permission that allowed the request. */
  permission: z.string().optional(),
  requestId: z.string(),
  ip: z.string().optional(),
};

const registerEffect = z.strictObject({
  kind: z.literal('register'),
  ...common,
  app: z.string(),
  contentKind: z.string(),
  externalId: z.string(),
  title: z.string().optional(),
  granting: z.enum(['owner', 'maintainer']).optional(),
  isPrivate: z.boolean(),
});

const forgetEffect = z.strictObject({ kind: z.literal('forget'), ...common });

/** What an application has done and the registry has yet to show. Plain data: it outlives the process in a file. */
export const contentEffect = z.discriminatedUnion('kind', [registerEffect, forgetEffect]);

export type RegisterEffect = z.infer<typeof registerEffect>;
export type ForgetEffect = z.infer<typeof forgetEffect>;
export type ContentEffect = z.infer<typeof contentEffect>;
