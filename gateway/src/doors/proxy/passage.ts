import type { Readable } from 'node:stream';
import type { Reason } from '@gatehouse/policies/reasons';
import type { Target } from '@gatehouse/policies/routes/target';
import type { Ticking } from '../../upstream/ticker.ts';
import type { Exchange, UpstreamAnswer, UpstreamFailure } from '../../upstream/upstream.ts';
import type { Verdict } from '../../verdict.ts';
import { answerHead } from './answer-head.ts';
import type { Head } from './head.ts';
import { cut, readOn, refuse } from './refuse.ts';
import { requestBody } from './request-body.ts';
import { settle } from './turn.ts';
import type { Turn } from './turn.ts';
import { introduce } from './upstream-head.ts';

type Allow = Extract<Verdict, { kind: 'allow' }>;

/** As a string, a small body becomes one piece with the head; copying a large one costs more than a second piece. */
const JOINED_BYTES_MAX = 8 * 1024;

/** An allowed request between the client and the application: one object, because it is made for every request. */
type Passage = UpstreamAnswer &
  Ticking & {
    readonly turn: Turn;
    readonly isProtected: boolean;
    body: Readable | null;
    exchange: Exchange | undefined;
    phase: 'waiting' | 'answering' | 'done';
    /** Announced by the application and not yet passed on; -1 when it is not announced. */
    bytesLeft: number;
    isFlushed: boolean;
    stalledTicks: number;
  };

/** Sends an allowed request to its application and streams both ways. The body is never held in memory. */
export const forward = (turn: Turn, head: Head, verdict: Allow, target: Target): void => {
  const { rule } = verdict;
  if (head.contentLength > rule.bodyBytesMax) {
    return refuse(turn, { reason: 'body_too_large', detail: `at most ${rule.bodyBytesMax} bytes` });
  }
  const passage = newPassage(turn, rule.allow.kind !== 'everyone');
  if (turn.hasBody) {
    passage.body = bodyOf(passage, rule.bodyBytesMax);
    turn.fail = (reason, cause) => fail(passage, reason, cause);
  }
  turn.res.on('close', () => clientLeft(passage));
  if (turn.awaitsContinue) {
    turn.awaitsContinue = false;
    turn.res.writeContinue();
  }
  passage.exchange = turn.desk.upstream.send(
    {
      origin: rule.upstream,
      method: target.method,
      path: target.path + target.query,
      headers: outgoing(turn, head, verdict, target),
      body: passage.body,
      headersTimeoutMs: rule.timeoutMs,
      idleTimeoutMs: rule.timeoutMs,
    },
    passage,
  );
};

const newPassage = (turn: Turn, isProtected: boolean): Passage => ({
  turn,
  isProtected,
  body: null,
  exchange: undefined,
  phase: 'waiting',
  bytesLeft: -1,
  isFlushed: false,
  stalledTicks: 0,
  slot: -1,
  onHead,
  onData,
  onEnd,
  onError,
  onTick,
});

const outgoing = (
  { req, requestId }: Turn,
  head: Head,
  { rule, principal, account }: Allow,
  target: Target,
): string[] => {
  const list = head.outgoing;
  if (head.contentLength > 0) list.push('Content-Length', String(head.contentLength));
  if (head.foreignAuthorization !== undefined && rule.allow.kind === 'everyone') {
    list.push('Authorization', head.foreignAuthorization);
  }
  introduce(list, {
    principal,
    account,
    requestId,
    authority: target.authority,
    scheme: 'http',
    clientAddress: req.socket.remoteAddress,
    origin: rule.upstream,
  });
  return list;
};

const bodyOf = (passage: Passage, bytesMax: number): Readable => {
  const { req, desk } = passage.turn;
  return requestBody({
    req,
    bytesMax,
    limits: desk.limits,
    ticks: desk.ticks,
    onRefused: (reason) => fail(passage, reason),
  });
};

function onHead(this: Passage, status: number, headers: readonly string[]): void {
  if (this.phase === 'done') return;
  const { turn } = this;
  const { list, contentLength } = answerHead(status, headers, turn.requestId, this.isProtected);
  turn.upstreamMs = performance.now() - turn.decidedAt;
  try {
    turn.res.writeHead(status, list);
  } catch (error) {
    fail(this, 'upstream_failed', error instanceof Error ? error : new Error(String(error)));
    return;
  }
  this.phase = 'answering';
  this.bytesLeft = contentLength;
  // A head with a length goes out with the first piece of its body: one write instead of two.
  if (contentLength === -1) process.nextTick(flush, this);
}

/** An event stream may be silent for long after its head; a small answer in chunks is complete before this runs. */
const flush = (passage: Passage): void => {
  if (passage.phase === 'answering' && !passage.isFlushed) passage.turn.res.flushHeaders();
};

function onData(this: Passage, chunk: Buffer): boolean {
  if (this.phase !== 'answering') return true;
  const { res } = this.turn;
  this.isFlushed = true;
  if (this.bytesLeft > 0) {
    this.bytesLeft -= chunk.length;
    if (this.bytesLeft === 0) {
      complete(this, chunk);
      return true;
    }
  }
  if (res.write(chunk)) return true;
  awaitClient(this);
  return false;
}

function onEnd(this: Passage): void {
  if (this.phase === 'answering') complete(this, undefined);
}

/** Ends the answer with its last piece, so that a small answer is one write. */
const complete = (passage: Passage, last: Buffer | undefined): void => {
  const { turn } = passage;
  const { req, res, desk } = turn;
  passage.phase = 'done';
  if (last === undefined) res.end();
  else if (last.length > JOINED_BYTES_MAX) res.end(last);
  else res.end(last.toString('latin1'), 'latin1');
  settle(turn, { status: res.statusCode, ending: 'complete' });
  if (res.writableLength > 0) awaitClient(passage);
  if (!turn.hasBody || req.readableEnded) return;
  // Answered before the body came to its end: let the client read the answer, then hang up unless it finished.
  passage.body?.destroy();
  readOn(req, desk.limits, (isAtEnd) => {
    if (!isAtEnd) req.socket.destroySoon();
  });
};

function onError(this: Passage, failure: UpstreamFailure): void {
  fail(this, failure.kind === 'timeout' ? 'upstream_timeout' : 'upstream_failed', failure.cause);
}

const fail = (passage: Passage, reason: Reason, cause?: Error): void => {
  if (passage.phase === 'done') return;
  leave(passage);
  if (passage.turn.res.headersSent) cut(passage.turn, { reason, cause });
  else refuse(passage.turn, { reason, cause });
};

const clientLeft = (passage: Passage): void => {
  passage.turn.desk.ticks.delete(passage);
  if (passage.phase === 'done') return;
  const { turn } = passage;
  leave(passage);
  settle(turn, { status: turn.res.headersSent ? turn.res.statusCode : 0, ending: 'client-left' });
};

/** Lets go of the application, at once. */
const leave = (passage: Passage): void => {
  passage.phase = 'done';
  passage.exchange?.abort();
  passage.body?.destroy();
};

/** The client takes the answer more slowly than the application gives it: hold the application, but not for ever. */
const awaitClient = (passage: Passage): void => {
  const { res, desk } = passage.turn;
  passage.stalledTicks = 0;
  desk.ticks.add(passage);
  res.once('drain', () => {
    desk.ticks.delete(passage);
    if (passage.phase === 'answering') passage.exchange?.resume();
  });
};

function onTick(this: Passage): void {
  const { limits, ticks } = this.turn.desk;
  this.stalledTicks += 1;
  if ((this.stalledTicks - 1) * limits.tickMs < limits.answerIdleTimeoutMs) return;
  ticks.delete(this);
  if (this.phase !== 'done') leave(this);
  cut(this.turn, { reason: 'too_slow' });
}
