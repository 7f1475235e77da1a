import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { Reason } from '@gatehouse/policies/reasons';
import type { Ticker } from '../../upstream/ticker.ts';
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
  let received = 0;
  let isWanted = false;
  let idleTicks = 0;
  let waitedTicks = 0;

  const onTick = (): void => {
    if (!isWanted) return;
    idleTicks += 1;
    waitedTicks += 1;
    const earnedMs = (received / limits.bodyBytesPerSecondMin) * 1_000;
    const isIdle = (idleTicks - 1) * limits.tickMs >= limits.bodyIdleTimeoutMs;
    if (isIdle || (waitedTicks - 1) * limits.tickMs >= limits.bodyIdleTimeoutMs + earnedMs) onRefused('too_slow');
  };
  const watched = { onTick };

  const onData = (chunk: Buffer): void => {
    received += chunk.length;
    idleTicks = 0;
    if (received > bytesMax) onRefused('body_too_large');
    else if (!body.push(chunk)) {
      isWanted = false;
      req.pause();
    }
  };
  const onEnd = (): void => {
    leave();
    body.push(null);
  };
  const leave = (): void => {
    ticks.delete(watched);
    req.off('data', onData).off('end', onEnd);
  };

  const body = new Readable({
    read: () => {
      isWanted = true;
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
  ticks.add(watched);
  return body;
};
