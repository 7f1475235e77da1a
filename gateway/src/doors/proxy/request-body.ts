import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { Reason } from '@gatehouse/policies/reasons';
import type { Ticker, Ticking } from '../../ticker.ts';
import type { ProxyLimits } from './limits.ts';

type Parts = {
  readonly req: IncomingMessage;
  readonly bytesMax: number;
  readonly limits: ProxyLimits;
  readonly ticks: Ticker;
  /** The body broke a bound. Nothing beyond the bound was passed on. */
  readonly onRefused: (reason: Reason) => void;
};

/**
 * The body of a request as a stream of its own: counted, watched, and never more than a buffer ahead of its reader. The
 * upstream client may destroy it at any time; the request, and with it the client's connection, stays whole.
 */
export const requestBody = ({ req, bytesMax, limits, ticks, onRefused }: Parts): Readable => {
  const patience = bodyPatience(limits, () => onRefused('too_slow'));
  let received = 0;

  const onData = (chunk: Buffer): void => {
    received += chunk.length;
    patience.earn(chunk.length);
    if (received > bytesMax) onRefused('body_too_large');
    else if (!body.push(chunk)) {
      patience.rest();
      req.pause();
    }
  };
  const onEnd = (): void => {
    leave();
    body.push(null);
  };
  const leave = (): void => {
    ticks.delete(patience);
    req.off('data', onData).off('end', onEnd);
  };

  const body = new Readable({
    read: () => {
      patience.wait();
      req.resume();
    },
    destroy: (error, done) => {
      leave();
      done(error);
    },
  });
  // Whoever destroys it has said why elsewhere.
  body.on('error', () => undefined);
  // Paused first: a listener for data would start the flow before anybody reads.
  req.pause().on('data', onData).on('end', onEnd);
  ticks.add(patience);
  return body;
};

type Patience = Ticking & {
  readonly earn: (bytes: number) => void;
  readonly wait: () => void;
  readonly rest: () => void;
};

/** Counts only the time in which the client could send: neither a pause between pieces, nor a drip, lasts for ever. */
const bodyPatience = (limits: ProxyLimits, onSpent: () => void): Patience => {
  let isWaiting = false;
  let idleTicks = 0;
  let waitedTicks = 0;
  let earnedMs = 0;
  const isSpent = (ticks: number, boundMs: number): boolean => (ticks - 1) * limits.tickMs >= boundMs;
  return {
    slot: -1,
    earn: (bytes) => {
      idleTicks = 0;
      earnedMs += (bytes / limits.bodyBytesPerSecondMin) * 1_000;
    },
    wait: () => {
      isWaiting = true;
    },
    rest: () => {
      isWaiting = false;
    },
    onTick: () => {
      if (!isWaiting) return;
      idleTicks += 1;
      waitedTicks += 1;
      const { bodyIdleTimeoutMs } = limits;
      if (isSpent(idleTicks, bodyIdleTimeoutMs) || isSpent(waitedTicks, bodyIdleTimeoutMs + earnedMs)) onSpent();
    },
  };
};
