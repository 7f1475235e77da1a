import { tupleText } from '../engine/tuple-text.ts';
import { authorize } from './authorize.ts';
import { closedWorld } from './closed-world.ts';
import { parseExpectation } from './expectation.ts';
import { readTarget } from './target.ts';
import { reasons } from '../reasons.ts';
import { routeProblem } from './problem.ts';
import { badParameterText } from './table.ts';
import type { CompiledModel } from '../model/compiled.ts';
import type { Principal } from '../principal.ts';
import type { Reason } from '../reasons.ts';
import type { Authorization } from './authorize.ts';
import type { ClosedWorld } from './closed-world.ts';
import type { Expectation } from './expectation.ts';
import type { RouteProblem } from './problem.ts';
import type { Asked } from './rule-context.ts';
import type { Rule } from './rule.ts';
import type { RouteFile } from './schema.ts';
import type { RouteTable } from './table.ts';
import type { Target } from './target.ts';
import type { YamlFile } from './yaml-file.ts';

type Tests = NonNullable<RouteFile['tests']>;
type Placed = { readonly expectation: Expectation; readonly index: number };
/** What came out, and for people why. */
type Outcome = { readonly status: number; readonly reason?: Reason; readonly why: string };

/** Runs the tests of one file against all rules, in a closed world of its own. Every problem names its line, what was expected, what came and why. */
export const runInlineTests = async (
  yaml: YamlFile,
  tests: Tests,
  table: RouteTable,
  model: CompiledModel,
): Promise<readonly RouteProblem[]> => {
  const problems: RouteProblem[] = [];
  const placed: Placed[] = [];
  for (const [index, text] of tests.expect.entries()) {
    const parsed = parseExpectation(text);
    if (parsed.kind === 'expectation') placed.push({ expectation: parsed.expectation, index });
    else problems.push(routeProblem(yaml.file, yaml.at(['tests', 'expect', index]), parsed.message, parsed.suggestion));
  }
  const made = await closedWorld(
    model,
    tests.given,
    placed.flatMap(({ expectation }) => expectation.caller ?? []),
  );
  if (made.kind === 'broken')
    return [
      ...problems,
      ...made.faults.map(({ index, message }) => routeProblem(yaml.file, yaml.at(['tests', 'given', index]), message)),
    ];
  for (const { expectation, index } of placed) {
    const message = mismatch(expectation, await outcomeOf(expectation, table, made.world));
    if (message !== undefined) problems.push(routeProblem(yaml.file, yaml.at(['tests', 'expect', index]), message));
  }
  return problems;
};

const mismatch = ({ status, reason }: Expectation, got: Outcome): string | undefined => {
  if (got.status === status && (reason === undefined || reason === got.reason)) return undefined;
  const expected = reason === undefined ? String(status) : `${status} ${reason}`;
  return `the test expects ${expected} but gets ${got.reason === undefined ? got.status : `${got.status} ${got.reason}`}: ${got.why}`;
};

const outcomeOf = async (expectation: Expectation, table: RouteTable, world: ClosedWorld): Promise<Outcome> => {
  const read = readTarget(expectation);
  if (read.kind === 'refused') return refusal(read.reason, read.detail);
  const match = table.match(read.target);
  switch (match.kind) {
    case 'none':
      return refusal('no_route', nearText(table, read.target));
    case 'ambiguous-path':
      return refusal('ambiguous_path', match.detail);
    case 'bad-parameter':
      return match.rule.mode === 'shadow'
        ? refusal('no_route', `${badParameterText(match)}, and the rule is in shadow`)
        : refusal('bad_parameter', badParameterText(match));
    case 'match': {
      const { caller, account } = expectation;
      const principal = caller === undefined ? undefined : accepted(world.principal(caller), match.rule);
      const authorization = await authorize({
        match,
        target: read.target,
        principal,
        accountHeader: account,
        accounts: world.account,
        engine: world.engine,
      });
      return outcomeOfAuthorization(authorization, match.rule.id);
    }
  }
};

/** A test is about what the caller may do: its credential is of a kind that the rule accepts. */
const accepted = (principal: Principal, { credentials }: Rule): Principal => ({
  ...principal,
  credential: credentials?.[0] ?? principal.credential,
});

const outcomeOfAuthorization = (authorization: Authorization, rule: string): Outcome => {
  const why = `the rule is "${rule}"${authorization.asked.map(askedText).join('')}`;
  switch (authorization.kind) {
    case 'allow':
      return { status: 200, why };
    case 'sign-in':
    case 'deny':
      return refusal(authorization.reason, why);
    case 'bad-request':
      return refusal(authorization.reason, `${authorization.detail}; ${why}`);
    case 'no-route':
      return refusal('no_route', `${why}, which is in shadow`);
    case 'unavailable':
      return refusal('unable_to_decide', `${authorization.message}; ${why}`);
  }
};

const refusal = (reason: Reason, why: string): Outcome => ({ status: reasons[reason].status, reason, why });

const askedText = (asked: Asked): string => `, "${tupleText(asked)}" is ${asked.answer}`;

const nearText = (table: RouteTable, target: Target): string => {
  const [first] = table.near(target);
  return first === undefined ? 'no rule is near' : `nearest is "${first.route}", but ${first.lacks}`;
};
