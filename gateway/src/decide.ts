import type { Awaitable, Engine } from '@gatehouse/policies/engine/engine';
import type { Principal } from '@gatehouse/policies/principal';
import { authorize } from '@gatehouse/policies/routes/authorize';
import type { Accounts, Authorization } from '@gatehouse/policies/routes/authorize';
import type { Matched, RouteTable } from '@gatehouse/policies/routes/table';
import type { Target } from '@gatehouse/policies/routes/target';
import type { Identified, Identify } from './identity/identity.ts';
import type { Grounds, Verdict } from './verdict.ts';

/** What a door has read from a request: the canonical target, at most one credential, and the account that the caller named. */
export type DoorRequest = { readonly target: Target; readonly bearer?: string; readonly account?: string };

/** Answers without a promise when nothing has to be fetched. Never throws and never rejects: inability is a verdict. */
export type Decide = (request: DoorRequest) => Awaitable<Verdict>;

export type Decider = {
  /** Establishes the caller from the credential, then decides. */
  readonly decide: Decide;
  /** Decides for a caller who is already known: for `explain`, never for a request. */
  readonly decideAs: (request: DoorRequest, principal: Principal | undefined) => Awaitable<Verdict>;
};

type Parts = {
  readonly routes: () => RouteTable;
  readonly identify: Identify;
  readonly accounts: Accounts;
  readonly engine: Engine;
};

/** The one decision function behind every door. */
export const decider = ({ routes, identify, accounts, engine }: Parts): Decider => {
  const judge = (request: DoorRequest, match: Matched, principal: Principal | undefined): Awaitable<Verdict> => {
    const grounds = principal === undefined ? { rule: match.rule } : { rule: match.rule, principal };
    return chained(
      () => authorize({ match, target: request.target, principal, accountHeader: request.account, accounts, engine }),
      (authorization) => verdictOf(authorization, grounds),
      (cause) => unavailable(cause, grounds),
    );
  };

  const judgeBearer = (request: DoorRequest, match: Matched, bearer: string): Awaitable<Verdict> =>
    chained(
      () => identify(bearer),
      (identified) => judgeIdentified(request, match, identified),
      (cause) => unavailable(cause, { rule: match.rule }),
    );

  const judgeIdentified = (request: DoorRequest, match: Matched, identified: Identified): Awaitable<Verdict> => {
    switch (identified.kind) {
      case 'principal':
        return judge(request, match, identified.principal);
      case 'invalid':
        return { kind: 'sign-in', reason: identified.reason, rule: match.rule, asked: [] };
      case 'not-mine':
        return { kind: 'sign-in', reason: 'invalid_credential', rule: match.rule, asked: [] };
    }
  };

  return {
    decide: (request) => {
      const { bearer } = request;
      return matched(routes(), request, (match) =>
        bearer === undefined ? judge(request, match, undefined) : judgeBearer(request, match, bearer),
      );
    },
    decideAs: (request, principal) => matched(routes(), request, (match) => judge(request, match, principal)),
  };
};

const matched = (
  table: RouteTable,
  { target }: DoorRequest,
  next: (match: Matched) => Awaitable<Verdict>,
): Awaitable<Verdict> => {
  // Nobody's policy can hand our own corner of the path space to an application.
  if (target.segments[0] === '.gatehouse') return noRoute;
  const match = table.match(target);
  switch (match.kind) {
    case 'none':
      return noRoute;
    case 'bad-parameter':
      return { kind: 'bad-request', reason: 'bad_parameter', detail: match.name, rule: match.rule, asked: [] };
    case 'match':
      return next(match);
  }
};

const noRoute: Verdict = { kind: 'no-route', reason: 'no_route', asked: [] };

/** `then` without a promise when there is none to wait for. */
const chained = <Value, Result>(
  first: () => Awaitable<Value>,
  next: (value: Value) => Awaitable<Result>,
  failed: (cause: unknown) => Result,
): Awaitable<Result> => {
  try {
    const value = first();
    if (!(value instanceof Promise)) return next(value);
    return value.then(next).catch(failed);
  } catch (cause) {
    return failed(cause);
  }
};

const unavailable = (cause: unknown, grounds: Pick<Grounds, 'rule' | 'principal'>): Verdict => ({
  kind: 'unavailable',
  reason: 'unable_to_decide',
  cause: cause instanceof Error ? cause : new Error(String(cause)),
  asked: [],
  ...grounds,
});

const verdictOf = (
  authorization: Authorization,
  grounds: Pick<Grounds, 'principal'> & { rule: Matched['rule'] },
): Verdict => {
  switch (authorization.kind) {
    case 'allow':
    case 'sign-in':
    case 'deny':
    case 'bad-request':
      return { ...authorization, ...grounds };
    case 'unavailable':
      return { ...authorization, ...grounds, reason: 'unable_to_decide', cause: new Error(authorization.message) };
  }
};
