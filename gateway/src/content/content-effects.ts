import type { Database } from '@gatehouse/db/client';
import { newId } from '@gatehouse/db/ids';
import type { EmbeddedEngine } from '@gatehouse/policies/engine/embedded/embedded';
import type { Ref } from '@gatehouse/policies/engine/engine';
import type { Account, Principal } from '@gatehouse/policies/principal';
import type { Clock } from '../clock.ts';
import { closedObjects } from './closed-objects.ts';
import type { ClosedObjects } from './closed-objects.ts';
import { contentEffect } from './content-effect.ts';
import type { ContentEffect } from './content-effect.ts';
import { contentObject, keptTitle, nameFault } from './content-name.ts';
import type { ContentObject } from './content-name.ts';
import { discardEffect } from './discard-effect.ts';
import type { Discarded } from './discard-effect.ts';
import type { Attempted, Submitted } from './effect-lane.ts';
import { effectQueue } from './effect-queue.ts';
import type { EffectQueue, QueuedState } from './effect-queue.ts';
import { recordForget } from './record-forget.ts';
import type { ForgetRecorded } from './record-forget.ts';
import { recordRegister } from './record-register.ts';
import type { RegisterRecorded } from './record-register.ts';
import { openSpool } from './spool.ts';
import type { Spool } from './spool.ts';
import { systemTimers } from './timers.ts';
import type { Timers } from './timers.ts';

/** Who did it, and for which account. */
export type Doing = {
  /** The acting account. */
  readonly account: Pick<Account, 'id'>;
  readonly principal: Pick<Principal, 'subject' | 'tokenId'>;
  readonly requestId: string;
  /** The permission that allowed it. */
  readonly permission?: string | undefined;
  readonly ip?: string | undefined;
};

export type Registering = Doing & {
  readonly app: string;
  readonly contentKind: string;
  readonly externalId: string;
  /** Kept as one line of at most 200 characters. */
  readonly title?: string | undefined;
  readonly granting?: 'owner' | 'maintainer' | undefined;
  readonly isPrivate: boolean;
};

export type Forgetting = Doing & { readonly object: ContentObject };

/** Kept under `id`, in memory and on disk, and recorded as soon as that is possible. */
export type EffectPending = { readonly kind: 'pending'; readonly id: string; readonly cause: Error };

export type Registered =
  /** In force. `isNew`: false when the same account had registered it before; then nothing was written. */
  | { readonly kind: 'registered'; readonly isNew: boolean }
  /** Nothing was written, and the alarm was raised. */
  | { readonly kind: 'already-registered' }
  /** No id that anything can be registered under; nothing is kept. */
  | { readonly kind: 'malformed'; readonly message: string }
  /** The account cannot take content. Kept under `id` until an operator retries or discards it. */
  | { readonly kind: 'refused'; readonly id: string; readonly message: string }
  | EffectPending;

export type Forgotten = { readonly kind: 'forgotten'; readonly existed: boolean } | EffectPending;

export type ContentHealth = {
  readonly waiting: number;
  /** Of those that wait: refused, and in need of an operator. */
  readonly blocked: number;
  /** Since the start: answers with an id of another account. */
  readonly alreadyRegistered: number;
  /** Why what waits is in memory only. */
  readonly spoolFailure: Error | undefined;
};

export type ContentEffects = {
  /** Resolves when it is in force: the caller's next request is decided by it. Never rejects. */
  readonly register: (registering: Registering) => Promise<Registered>;
  /** From the call on, and until it has succeeded, the object is closed. Never rejects. */
  readonly forget: (forgetting: Forgetting) => Promise<Forgotten>;
  /** Deny whatever is asked on it. */
  readonly isClosed: (object: Ref) => boolean;
  /** Something is yet to be recorded for this object. */
  readonly isPending: (object: ContentObject) => boolean;
  readonly health: () => ContentHealth;
  readonly list: () => readonly QueuedState<ContentEffect>[];
  /** Undefined when it is not there, or something of the same object stands before it. */
  readonly retry: (id: string) => Promise<Submitted<EffectOutcome> | undefined>;
  readonly discard: (id: string) => Promise<Discarded>;
  /** Tries what an earlier process left, and goes on until all is done. */
  readonly start: () => Promise<void>;
  /** Finishes what is under way. What waits is in the file. */
  readonly close: () => Promise<void>;
};

export type EffectOutcome = RegisterRecorded | ForgetRecorded;

export type ContentEffectsParts = {
  readonly database: Pick<Database, 'transaction'>;
  readonly mutate: EmbeddedEngine['mutate'];
  /** Where what waits is kept: `pending-effects.jsonl`. */
  readonly spoolFile: string;
  /** A line that somebody has to read. */
  readonly alarm: (message: string) => void;
  readonly clock: Pick<Clock, 'wallMs'>;
  readonly timers?: Timers;
  readonly random?: () => number;
};

const retryMsMin = 250;
const retryMsMax = 30_000;

/**
 * What is recorded when an application has made or deleted something. Everything is written to the journal first, so
 * that neither a database that refuses nor the end of the process loses it; effects of one object are recorded in order.
 * Throws when the journal of an earlier process cannot be read.
 */
export const contentEffects = (parts: ContentEffectsParts): ContentEffects => {
  const { alarm, clock } = parts;
  const closed = closedObjects();
  const counters = { alreadyRegistered: 0 };
  const onAlreadyRegistered = (effect: ContentEffect): void => {
    counters.alreadyRegistered += 1;
    alarm(
      `${effect.object} belongs to another account: the application answered ${effect.requestId} of ${effect.accountId} with its id; nothing was recorded`,
    );
  };
  const { spool, left } = openSpool({ file: parts.spoolFile, read: readEffect, alarm });
  const queue = journaledQueue(parts, { spool, closed, attempt: recording(parts, onAlreadyRegistered) });
  for (const effect of left) closeFor(closed, effect);
  queue.restore(left);
  const now = () => new Date(clock.wallMs());
  return {
    register: async (registering) => {
      const read = registerEffectOf(registering, now());
      return read.kind === 'malformed' ? read : registered(read.id, await queue.submit(read));
    },
    forget: async (forgetting) => {
      const effect = forgetEffectOf(forgetting, now());
      return forgotten(effect.id, await queue.submit(effect));
    },
    isClosed: closed.isClosed,
    isPending: queue.has,
    health: () => healthOf(queue.list(), counters.alreadyRegistered, spool.failure()),
    list: queue.list,
    retry: queue.retry,
    discard: discardEffect({ database: parts.database, queue, now }),
    start: queue.retryAll,
    close: async () => {
      await queue.close();
      await spool.sync();
      spool.close();
    },
  };
};

type Journaled = {
  readonly spool: Spool;
  readonly closed: ClosedObjects;
  readonly attempt: (effect: ContentEffect) => Promise<Attempted<EffectOutcome>>;
};

const journaledQueue = (
  { timers = systemTimers, random = Math.random }: ContentEffectsParts,
  { spool, closed, attempt }: Journaled,
): EffectQueue<ContentEffect, EffectOutcome> =>
  effectQueue({
    attempt,
    onAdded: (effect) => {
      closeFor(closed, effect);
      spool.add(effect);
    },
    onRemoved: (effect) => {
      if (effect.kind === 'forget') closed.open(effect.object);
      spool.done(effect.id);
    },
    onWaiting: spool.sync,
    timers,
    random,
    retryMsMin,
    retryMsMax,
  });

const closeFor = (closed: ClosedObjects, { kind, object }: ContentEffect): void => {
  if (kind === 'forget') closed.close(object);
};

const readEffect = (json: unknown): ContentEffect | undefined => contentEffect.safeParse(json).data;

const recording = (
  { database, mutate, clock }: ContentEffectsParts,
  onAlreadyRegistered: (effect: ContentEffect) => void,
): ((effect: ContentEffect) => Promise<Attempted<EffectOutcome>>) => {
  const recordingParts = { database, mutate, now: () => new Date(clock.wallMs()) };
  const [register, forget] = [recordRegister(recordingParts), recordForget(recordingParts)];
  return async (effect) => {
    if (effect.kind === 'forget') return { kind: 'done', outcome: await forget(effect) };
    const outcome = await register(effect);
    switch (outcome.kind) {
      case 'registered':
        return { kind: 'done', outcome };
      case 'already-registered':
        onAlreadyRegistered(effect);
        return { kind: 'done', outcome };
      case 'refused':
        return { kind: 'blocked', outcome, why: outcome.message };
    }
  };
};

const doingOf = ({ account, principal: { subject, tokenId }, requestId, permission, ip }: Doing, now: Date) => ({
  id: newId('eff'),
  at: now.toISOString(),
  accountId: account.id,
  actor: { subject, ...(tokenId === undefined ? {} : { tokenId }) },
  requestId,
  ...(permission === undefined ? {} : { permission }),
  ...(ip === undefined ? {} : { ip }),
});

const registerEffectOf = (registering: Registering, now: Date) => {
  const { app, contentKind, externalId, granting, isPrivate } = registering;
  const name = { app, kind: contentKind, externalId };
  const fault = nameFault(name);
  if (fault !== undefined) return { kind: 'malformed', message: fault } as const;
  const title = registering.title === undefined ? undefined : keptTitle(registering.title);
  return {
    kind: 'register',
    ...doingOf(registering, now),
    object: contentObject(name),
    app,
    contentKind,
    externalId,
    isPrivate,
    ...(title === undefined ? {} : { title }),
    ...(granting === undefined ? {} : { granting }),
  } as const;
};

const forgetEffectOf = (forgetting: Forgetting, now: Date) =>
  ({ kind: 'forget', ...doingOf(forgetting, now), object: forgetting.object }) as const;

const registered = (id: string, submitted: Submitted<EffectOutcome>): Registered => {
  if (submitted.kind === 'waiting') return { kind: 'pending', id, cause: submitted.cause };
  const { outcome } = submitted;
  switch (outcome.kind) {
    case 'registered':
      return outcome;
    case 'already-registered':
      // Whose it is, is nobody's business.
      return { kind: 'already-registered' };
    case 'refused':
      return { kind: 'refused', id, message: outcome.message };
    case 'forgotten':
      throw new Error(`${id} was no registration`);
  }
};

const forgotten = (id: string, submitted: Submitted<EffectOutcome>): Forgotten => {
  if (submitted.kind === 'waiting') return { kind: 'pending', id, cause: submitted.cause };
  if (submitted.outcome.kind !== 'forgotten') throw new Error(`${id} was no removal`);
  return submitted.outcome;
};

const healthOf = (
  all: readonly QueuedState<ContentEffect>[],
  alreadyRegistered: number,
  spoolFailure: Error | undefined,
): ContentHealth => {
  // What is tried for the first time does not wait yet.
  const pending = all.filter(({ state, attempts }) => state !== 'running' || attempts > 1);
  const blocked = pending.filter(({ state }) => state === 'blocked').length;
  return { waiting: pending.length, blocked, alreadyRegistered, spoolFailure };
};
