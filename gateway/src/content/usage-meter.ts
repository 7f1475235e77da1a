import type { Database } from '@gatehouse/db/client';
import { newId } from '@gatehouse/db/ids';
import { usageEvents } from '@gatehouse/db/schema/usage-events';
import type { Account, Principal } from '@gatehouse/policies/principal';
import { systemTimers } from './timers.ts';
import type { Timers } from './timers.ts';

/** One use of something, to be counted. */
export type Usage = {
  readonly metric: string;
  /** The acting account. */
  readonly account: Pick<Account, 'id'>;
  readonly principal: Pick<Principal, 'subject' | 'tokenId'>;
  /** `quantum.algorithm/qft` */
  readonly contentId?: string | undefined;
  readonly workspaceId?: string | undefined;
  readonly requestId: string;
  readonly at: Date;
};

export type UsageHealth = {
  readonly waiting: number;
  /** Since the start: more waited than memory may hold. */
  readonly dropped: number;
  /** Why the last batch could not be written; undefined when it was. */
  readonly failure: Error | undefined;
};

export type UsageMeter = {
  /** Costs an allocation; the database is asked later, for many at once. */
  readonly record: (usage: Usage) => void;
  readonly health: () => UsageHealth;
  /** Writes what waits. Resolves also when the database refuses: what is lost then has been said. */
  readonly close: () => Promise<void>;
};

type Parts = {
  readonly database: Pick<Database, 'db'>;
  readonly alarm: (message: string) => void;
  readonly timers?: Timers;
  readonly flushMs?: number;
  /** Rows of one statement; so many that wait are written at once. */
  readonly batchMax?: number;
  readonly waitingMax?: number;
  readonly retryMsMax?: number;
};

const defaults = { waitingMax: 100_000, batchMax: 500, flushMs: 1_000, retryMsMax: 30_000 };

type Row = typeof usageEvents.$inferInsert;

/** Collects usage and writes it in batches, each at most once: a batch that has to be sent again has the same keys. */
export const usageMeter = (parts: Parts): UsageMeter => {
  const { alarm, waitingMax } = { ...defaults, ...parts };
  const waiting: Row[] = [];
  const writer = batchWriter(waiting, parts);
  let dropped = 0;
  return {
    record: (usage) => {
      if (waiting.length >= waitingMax) {
        dropped += 1;
        if (isPowerOfTen(dropped)) alarm(`usage is being lost: ${dropped} events were dropped, ${waiting.length} wait`);
        return;
      }
      waiting.push(rowOf(usage));
      writer.schedule();
    },
    health: () => ({ waiting: waiting.length, dropped, failure: writer.failure() }),
    close: async () => {
      await writer.writeAll();
      if (waiting.length === 0) return;
      dropped += waiting.length;
      alarm(`${waiting.length} usage events are lost: the database refuses to the end (${String(writer.failure())})`);
      waiting.length = 0;
    },
  };
};

/** Takes rows away from the front of `waiting` once they are written. */
const batchWriter = (waiting: Row[], parts: Parts) => {
  const { database, alarm, timers = systemTimers, batchMax, flushMs, retryMsMax } = { ...defaults, ...parts };
  let failure: Error | undefined;
  let pauseMs = flushMs;
  let next: { readonly cancel: () => void } | undefined;
  let running: Promise<void> | undefined;

  const writeBatch = async (): Promise<boolean> => {
    const batch = waiting.slice(0, batchMax);
    try {
      await database.db.insert(usageEvents).values(batch).onConflictDoNothing();
      waiting.splice(0, batch.length);
      [failure, pauseMs] = [undefined, flushMs];
      return true;
    } catch (error) {
      if (failure === undefined) alarm(`usage cannot be written, ${waiting.length} events wait: ${String(error)}`);
      failure = error as Error;
      pauseMs = Math.min(retryMsMax, pauseMs * 2);
      return false;
    }
  };
  /** Whole batches at once; what is left over waits for the pause, unless everything is wanted. */
  const write = async (leftMax: number): Promise<void> => {
    // Nothing is done in the caller's own turn: `running` has to be set first.
    let isWritten = await Promise.resolve(true);
    while (isWritten && waiting.length > leftMax) isWritten = await writeBatch();
    running = undefined;
    schedule();
  };
  const flush = (leftMax: number): Promise<void> => {
    next?.cancel();
    next = undefined;
    running ??= write(leftMax);
    return running;
  };
  const schedule = (): void => {
    if (running !== undefined || waiting.length === 0) return;
    if (waiting.length >= batchMax && failure === undefined) void flush(batchMax - 1);
    else next ??= timers.after(pauseMs, () => void flush(0));
  };
  return {
    schedule,
    failure: () => failure,
    writeAll: async (): Promise<void> => {
      await running;
      await flush(0);
      next?.cancel();
    },
  };
};

/** The first, the tenth, the hundredth …: loud, and no flood. */
const isPowerOfTen = (count: number): boolean => Number.isInteger(Math.log10(count));

const rowOf = ({ metric, account, principal, contentId, workspaceId, requestId, at }: Usage): Row => ({
  // Not the request's id: whoever could choose that could make his requests count once.
  idempotencyKey: newId('use'),
  time: at,
  accountId: account.id,
  actor: principal.subject,
  tokenId: principal.tokenId ?? null,
  contentId: contentId ?? null,
  workspaceId: workspaceId ?? null,
  metric,
  quantity: 1,
  requestId,
});
