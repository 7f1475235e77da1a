import { errorOf } from '../../error-of.ts';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Reason } from '@gatehouse/policies/reasons';
import type { Rule } from '@gatehouse/policies/routes/rule';
import { readTarget } from '@gatehouse/policies/routes/target';
import type { Target } from '@gatehouse/policies/routes/target';
import type { Decide, DoorRequest } from '../../decide.ts';
import type { EffectOf } from '../../effects/effect.ts';
import { ticker } from '../../ticker.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import type { Verdict } from '../../verdict.ts';
import { proxyAnswer } from '../status.ts';
import { answerClientError, refuseTaken } from './bare-socket.ts';
import { corsOf, preflight } from './cors.ts';
import type { Preflight } from './cors.ts';
import { readHead } from './head.ts';
import type { Head } from './head.ts';
import { proxyLimits } from './limits.ts';
import { isNavigation, signInLocation } from './login.ts';
import type { ProxyLimits } from './limits.ts';
import type { RecordOutcome } from '../../records/outcome.ts';
import { forward } from './forward.ts';
import { refuse } from './refuse.ts';
import { requestIds } from './request-id.ts';
import { isClosing, lostEnding, markClosing, newRequestState, rememberState, settle } from './request-state.ts';
import type { DoorContext, RequestState } from './request-state.ts';

export type ProxyDoorParts = {
  /** Answers without a promise when it can: a promise costs more than the decision. */
  readonly decide: Decide;
  readonly upstream: Upstream;
  readonly record: RecordOutcome;
  /** The rule that a request with this target and another method would match; absent = preflights are requests like others. */
  readonly ruleFor?: (target: Target, method: string) => Rule | undefined;
  /** Where people sign in; absent = nowhere, and `on-401: login` answers like `json`. */
  readonly controlOrigin?: string | undefined;
  /** What rules do with answers beside passing them on; absent = nothing. */
  readonly effectOf?: EffectOf;
  readonly limits?: Partial<ProxyLimits>;
};

export type ProxyDoor = {
  /** Serves one request: the handler of `request` and `checkContinue`. Never throws. */
  readonly handle: (req: IncomingMessage, res: ServerResponse) => void;
  /** For `clientError`, and for Fastify's option `clientErrorHandler`. */
  readonly onClientError: (error: Error, socket: Duplex) => void;
  /** Adds what a server needs beside the handlers of `request` and `clientError`. */
  readonly attach: (server: Server) => void;
  /** Resolves when no effect is under way any more; the upstream has to be closed before. */
  readonly close: () => Promise<void>;
};

const noEffect: EffectOf = () => undefined;

/** The door in front of applications: head, target, decision, then an answer or the upstream. */
export const proxyDoor = (parts: ProxyDoorParts): ProxyDoor => {
  const { upstream, record, effectOf, controlOrigin, limits: given } = parts;
  const limits = { ...proxyLimits, ...given };
  const ticks = ticker(limits.tickMs);
  const running = new Set<Promise<void>>();
  const context: DoorContext = {
    upstream,
    record,
    limits,
    ticks,
    effectOf: effectOf ?? noEffect,
    running,
    controlOrigin,
  };
  const nextId = requestIds();

  const handle = (req: IncomingMessage, res: ServerResponse): void => {
    if (isClosing(req.socket)) return void req.resume();
    const state = newRequestState(context, req, res, nextId());
    try {
      serve(state, parts);
    } catch (error) {
      fail(state, error);
    }
  };

  return {
    handle,
    onClientError: (error, socket) => answerClientError(context, nextId, error, socket),
    attach: (server) => {
      // One more than is allowed, so that the door itself refuses, with a record that names the request.
      server.maxHeadersCount = limits.headLinesMax + 1;
      server.on('checkContinue', handle);
      server.on('checkExpectation', handle);
      server.on('upgrade', (req, socket) => refuseTaken(context, nextId, 'upgrade_refused', socket, req));
      server.on('connect', (req, socket) => refuseTaken(context, nextId, 'method_not_allowed', socket, req));
    },
    close: async () => {
      await Promise.all(running);
      ticks.close();
    },
  };
};

const serve = (state: RequestState, { decide, ruleFor }: ProxyDoorParts): void => {
  const { req } = state;
  rememberState(req.socket, state);
  const head = readHead(req, state.context.limits);
  if (head.kind === 'refused') {
    state.hasBody = announcesBody(req);
    state.mustClose = true;
    return refuse(state, head);
  }
  state.hasBody = head.contentLength > 0 || head.chunked;
  state.awaitsContinue = head.expectsContinue;
  const read = readTarget({ method: req.method ?? '', rawTarget: req.url ?? '', host: head.host });
  if (read.kind === 'refused') {
    state.mustClose = true;
    return refuse(state, read);
  }
  state.target = read.target;
  const asked = ruleFor === undefined ? undefined : preflight(req.rawHeaders, read.target, ruleFor);
  if (asked !== undefined) return answerPreflight(state, asked);
  const verdict = decide(question(read.target, head));
  if (!(verdict instanceof Promise)) return conclude(state, head, read.target, verdict);
  verdict.then((decided) => conclude(state, head, read.target, decided)).catch((error: unknown) => fail(state, error));
};

const conclude = (state: RequestState, head: Head, target: Target, decided: Verdict): void => {
  const verdict = target.hasEncodedSlash ? slashed(state, decided) : decided;
  state.verdict = verdict;
  state.decidedAt = performance.now();
  state.cors = corsOf(verdict.rule, state.req.rawHeaders);
  if (state.res.destroyed) return settle(state, { status: 0, ending: lostEnding(state) });
  const answer = proxyAnswer(verdict);
  switch (answer.kind) {
    case 'forward':
      return forward(state, head, answer.verdict, target);
    case 'refuse': {
      if (!isSentToLogin(state, verdict, answer.reason)) return refuse(state, answer);
      const location = signInLocation(state.context.controlOrigin ?? '', target);
      const headers = ['Location', location, 'Content-Length', '0', 'Cache-Control', 'no-store'];
      return answerOurselves(state, 302, headers, answer.reason);
    }
  }
};

/** Answered by the gateway itself; the application never learns of it. */
const answerPreflight = (state: RequestState, { rule, headers }: Preflight): void => {
  state.verdict = { kind: 'allow', rule, asked: [] };
  state.decidedAt = performance.now();
  answerOurselves(state, 204, headers);
};

/** A person at a browser is sent to sign in where the rule says so; everybody else gets a refusal that programs can read. */
const isSentToLogin = ({ req, context }: RequestState, { rule }: Verdict, reason: Reason): boolean =>
  reason === 'sign_in_required' && rule?.on401 === 'login' && context.controlOrigin !== undefined && isNavigation(req);

const answerOurselves = (state: RequestState, status: number, headers: readonly string[], reason?: Reason): void => {
  const { req, res, requestId } = state;
  if (state.hasBody) state.mustClose = true;
  const close = state.mustClose ? ['Connection', 'close'] : [];
  if (state.mustClose) markClosing(req.socket);
  res.writeHead(status, [...headers, 'X-Request-Id', requestId, ...close]).end();
  settle(state, { status, ending: 'complete', reason });
};

/**
 * An encoded slash reaches an application only through a rule that says so, whoever decided. Every other such request ends
 * like one whose path is refused as it is read: with its connection.
 */
const slashed = (state: RequestState, verdict: Verdict): Verdict => {
  if (verdict.kind === 'allow' && verdict.rule.allowsEncodedSlash === true) return verdict;
  state.mustClose = true;
  return verdict.kind === 'allow' ? { kind: 'bad-request', reason: 'ambiguous_path', asked: verdict.asked } : verdict;
};

const question = (target: Target, { bearer, account }: Head): DoorRequest => {
  if (bearer === undefined) return account === undefined ? { target } : { target, account };
  return account === undefined ? { target, bearer } : { target, bearer, account };
};

const announcesBody = ({ headers }: IncomingMessage): boolean =>
  'content-length' in headers || 'transfer-encoding' in headers;

/** Something was thrown that should not have been: nothing is forwarded on a guess. */
const fail = (state: RequestState, thrown: unknown): void => {
  const cause = errorOf(thrown);
  state.verdict ??= { kind: 'unavailable', reason: 'internal', cause, asked: [] };
  state.mustClose = true;
  refuse(state, { reason: 'internal', cause });
};
