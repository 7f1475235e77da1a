import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Awaitable } from '@gatehouse/policies/engine/engine';
import { readTarget } from '@gatehouse/policies/routes/target';
import type { Target } from '@gatehouse/policies/routes/target';
import { ticker } from '../../upstream/ticker.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import type { Verdict } from '../../verdict.ts';
import { proxyAnswer } from '../status.ts';
import { answerClientError, refuseSocket } from './bare-socket.ts';
import { readHead } from './head.ts';
import type { Head } from './head.ts';
import { proxyLimits } from './limits.ts';
import type { ProxyLimits } from './limits.ts';
import type { RecordOutcome } from './outcome.ts';
import { forward } from './passage.ts';
import { refuse } from './refuse.ts';
import { requestIds } from './request-id.ts';
import { newTurn, rememberTurn, settle } from './turn.ts';
import type { Desk, Turn } from './turn.ts';

/** What the door has read from a request when it asks for a decision. */
export type ProxyRequest = { readonly target: Target; readonly bearer?: string; readonly account?: string };

export type ProxyDoorParts = {
  /** Answers without a promise when it can: a promise costs more than the decision. */
  readonly decide: (request: ProxyRequest) => Awaitable<Verdict>;
  readonly upstream: Upstream;
  readonly record: RecordOutcome;
  readonly limits?: Partial<ProxyLimits>;
};

export type ProxyDoor = {
  /** Serves one request: the handler of `request` and `checkContinue`. Never throws. */
  readonly handle: (req: IncomingMessage, res: ServerResponse) => void;
  /** For `clientError`, and for Fastify's option `clientErrorHandler`. */
  readonly onClientError: (error: Error, socket: Duplex) => void;
  /** Adds what a server needs beside the handlers of `request` and `clientError`. */
  readonly attach: (server: Server) => void;
  readonly close: () => void;
};

/** The door in front of applications: head, target, decision, then an answer or the upstream. */
export const proxyDoor = ({ decide, upstream, record, limits: given }: ProxyDoorParts): ProxyDoor => {
  const limits = { ...proxyLimits, ...given };
  const desk: Desk = { upstream, record, limits, ticks: ticker(limits.tickMs) };
  const nextId = requestIds();

  const handle = (req: IncomingMessage, res: ServerResponse): void => {
    const turn = newTurn(desk, req, res, nextId());
    try {
      serve(turn, decide);
    } catch (error) {
      fail(turn, error);
    }
  };

  return {
    handle,
    onClientError: (error, socket) => answerClientError(desk, nextId, error, socket),
    attach: (server) => {
      // One more than is allowed, so that the door itself refuses, with a record that names the request.
      server.maxHeadersCount = limits.headLinesMax + 1;
      server.on('checkContinue', handle);
      server.on('checkExpectation', handle);
      server.on('upgrade', (req, socket) => refuseSocket(desk, nextId(), 'upgrade_refused', socket, req));
      server.on('connect', (req, socket) => refuseSocket(desk, nextId(), 'method_not_allowed', socket, req));
    },
    close: () => desk.ticks.close(),
  };
};

const serve = (turn: Turn, decide: ProxyDoorParts['decide']): void => {
  const { req } = turn;
  rememberTurn(req.socket, turn);
  const head = readHead(req, turn.desk.limits);
  if (head.kind === 'refused') {
    turn.hasBody = announcesBody(req);
    turn.mustClose = true;
    return refuse(turn, head);
  }
  turn.hasBody = head.contentLength > 0 || head.chunked;
  turn.awaitsContinue = head.expectsContinue;
  const read = readTarget({ method: req.method ?? '', rawTarget: req.url ?? '', host: head.host });
  if (read.kind === 'refused') {
    turn.mustClose = true;
    return refuse(turn, read);
  }
  turn.target = read.target;
  const verdict = decide(question(read.target, head));
  if (!(verdict instanceof Promise)) return conclude(turn, head, read.target, verdict);
  verdict.then((decided) => conclude(turn, head, read.target, decided)).catch((error: unknown) => fail(turn, error));
};

const conclude = (turn: Turn, head: Head, target: Target, verdict: Verdict): void => {
  turn.verdict = verdict;
  turn.decidedAt = performance.now();
  if (turn.res.destroyed) return settle(turn, { status: 0, ending: 'client-left' });
  const answer = proxyAnswer(verdict);
  switch (answer.kind) {
    case 'forward':
      return forward(turn, head, answer.verdict, target);
    case 'refuse':
      return refuse(turn, answer);
  }
};

const question = (target: Target, { bearer, account }: Head): ProxyRequest => {
  if (bearer === undefined) return account === undefined ? { target } : { target, account };
  return account === undefined ? { target, bearer } : { target, bearer, account };
};

const announcesBody = ({ headers }: IncomingMessage): boolean =>
  'content-length' in headers || 'transfer-encoding' in headers;

/** Something was thrown that should not have been: nothing is forwarded on a guess. */
const fail = (turn: Turn, thrown: unknown): void => {
  const cause = thrown instanceof Error ? thrown : new Error(String(thrown));
  turn.verdict ??= { kind: 'unavailable', reason: 'internal', cause, asked: [] };
  turn.mustClose = true;
  refuse(turn, { reason: 'internal', cause });
};
