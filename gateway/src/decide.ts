import { errorOf } from './error-of.ts';
import type { Awaitable, Engine } from '@gatehouse/policies/engine/engine';
import type { Principal } from '@gatehouse/policies/principal';
import type { Reason } from '@gatehouse/policies/reasons';
import { authorize } from '@gatehouse/policies/routes/authorize';
import type { Authorization } from '@gatehouse/policies/routes/authorize';
import { andThen } from '@gatehouse/policies/routes/awaitable';
import { decodedSegments } from '@gatehouse/policies/routes/encoded-slash';
import type { Accounts } from '@gatehouse/policies/routes/rule-context';
import type { Rule } from '@gatehouse/policies/routes/rule';
import { badParameterText } from '@gatehouse/policies/routes/table';
import type { AmbiguousPath, BadParameter, Matched, RouteMatch, RouteTable } from '@gatehouse/policies/routes/table';
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
  /** Decides for a caller who is already known, with another `engine` if there is one: for `explain`, never for a request. */
  readonly decideAs: (request: DoorRequest, principal: Principal | undefined, engine?: Engine) => Awaitable<Verdict>;
  /** The live rule that a request with this target and another method would meet. */
  readonly ruleFor: (target: Target, method: string) => Rule | undefined;
};

type Parts = {
  readonly routes: () => RouteTable;
  readonly identify: Identify;
  readonly accounts: Accounts;
  readonly engine: Engine;
};

/** The one decision function behind every door. A wrong credential is refused before anything else is looked at. */
export const decider = ({ routes, identify, accounts, engine: usual }: Parts): Decider => {
  const decideAs: Decider['decideAs'] = (request, principal, engine = usual) => {
    const { target, account: accountHeader } = request;
    // Read once: a reload in the middle must not mix two sets of rules in one decision.
    const table = routes();
    const policies = table.digest;
    const match = matchOf(table, target);
    const caller = principal === undefined ? {} : { principal };
    switch (match.kind) {
      case 'none':
        return { kind: 'no-route', reason: 'no_route', policies, asked: [], ...caller };
      case 'ambiguous-path':
        return ambiguousPath(match, { policies, ...caller });
      case 'bad-parameter':
        return badParameter(match, { policies, ...caller });
      case 'match': {
        const grounds = { policies, rule: match.rule, params: match.params, ...caller };
        const question = { match, target, principal, accountHeader, accounts, engine };
        return attempt(() => andThen(authorize(question), (answer) => verdictOf(answer, grounds)), grounds);
      }
    }
  };

  const decideIdentified = (request: DoorRequest, identified: Identified): Awaitable<Verdict> => {
    switch (identified.kind) {
      case 'principal':
        return decideAs(request, identified.principal);
      case 'invalid':
        return refusedCredential(routes(), request, identified.reason);
      case 'not-mine':
        return refusedCredential(routes(), request, 'invalid_credential');
    }
  };

  return {
    decide: (request) => {
      const { bearer } = request;
      if (bearer === undefined) return decideAs(request, undefined);
      const refused = request.target.hasEncodedSlash ? refusedPath(routes(), request) : undefined;
      if (refused !== undefined) return refused;
      return attempt(() => andThen(identify(bearer), (found) => decideIdentified(request, found)), {});
    },
    decideAs,
    ruleFor: (target, method) => {
      const match = matchOf(routes(), { ...target, method });
      return match.kind === 'match' && match.rule.mode !== 'shadow' ? match.rule : undefined;
    },
  };
};

const refusedCredential = (table: RouteTable, { target }: DoorRequest, reason: Reason): Verdict => {
  const match = matchOf(table, target);
  const policies = table.digest;
  return { kind: 'sign-in', reason, policies, asked: [], ...(match.kind === 'none' ? {} : visible(match.rule)) };
};

/** A path that can be read in two ways is refused before its credential is looked at, like every other such path. */
const refusedPath = (table: RouteTable, { target }: DoorRequest): Verdict | undefined => {
  const match = matchOf(table, target);
  return match.kind === 'ambiguous-path' ? ambiguousPath(match, { policies: table.digest }) : undefined;
};

/** Nobody's policy can hand our own corner of the path space to an application. */
const matchOf = (table: RouteTable, target: Target): RouteMatch => {
  if (target.hasEncodedSlash && decodedSegments(target.segments)[0] === ownSegment)
    return { kind: 'ambiguous-path', detail: 'an encoded slash stands in a path of the gateway itself' };
  return target.segments[0] === ownSegment ? { kind: 'none' } : table.match(target);
};

const ownSegment = '.gatehouse';

/** Where a rule in shadow matched, the answer is the one that is given without a rule, in every respect. */
const visible = (rule: Matched['rule'] | undefined): { readonly rule?: Matched['rule'] } =>
  rule === undefined || rule.mode === 'shadow' ? {} : { rule };

const ambiguousPath = ({ rule, detail }: AmbiguousPath, known: Known): Verdict => ({
  kind: 'bad-request',
  reason: 'ambiguous_path',
  detail,
  asked: [],
  ...visible(rule),
  ...known,
});

const badParameter = (match: BadParameter, known: Known): Verdict => {
  const { rule } = match;
  if (rule.mode === 'shadow') {
    const said = { verdict: 'bad-request', reason: 'bad_parameter', asked: [] } as const;
    return {
      kind: 'no-route',
      reason: 'no_route',
      asked: [],
      beside: { kind: 'shadow', route: rule.id, ...said },
      ...known,
    };
  }
  const detail = badParameterText(match);
  return { kind: 'bad-request', reason: 'bad_parameter', detail, rule, asked: [], ...known };
};

/** What is known before the rule is asked. */
type Known = Pick<Grounds, 'policies' | 'rule' | 'params' | 'principal'>;

/** Whatever `work` throws or rejects with becomes a verdict. */
const attempt = (work: () => Awaitable<Verdict>, grounds: Known): Awaitable<Verdict> =>
  andThen(undefined, work, (cause) => unavailable(cause, grounds));

const unavailable = (cause: unknown, grounds: Known): Verdict => ({
  kind: 'unavailable',
  reason: 'unable_to_decide',
  cause: errorOf(cause),
  asked: [],
  ...grounds,
});

const verdictOf = (authorization: Authorization, grounds: Known & { readonly rule: Matched['rule'] }): Verdict => {
  switch (authorization.kind) {
    case 'allow':
    case 'sign-in':
    case 'deny':
    case 'bad-request':
      return { ...authorization, ...grounds };
    case 'unavailable':
      return { ...authorization, ...grounds, reason: 'unable_to_decide', cause: new Error(authorization.message) };
    case 'no-route': {
      const { rule: _rule, params: _params, ...known } = grounds;
      return { ...authorization, ...known };
    }
  }
};
