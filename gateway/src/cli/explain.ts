import type { ExplainAnswer, ExplainAsked, ExplainedPart } from '../operations/operations.ts';
import { connected } from './connect.ts';
import type { Environment } from './environment.ts';
import { exitCodes } from './exit-codes.ts';
import type { ExitCode } from './exit-codes.ts';
import { answerText, besideText, printQuestion, sayRefused } from './print.ts';
import { style } from './style.ts';

/** `gatehouse explain`: 0 when the request would be let through, 1 when not, 2 when there is no answer. */
export const explainCommand = async (environment: Environment, asked: ExplainAsked, json: boolean): Promise<ExitCode> =>
  connected(environment, json, async ({ explain }) => {
    const answer = await explain(asked);
    if (answer.kind === 'refused') return sayRefused(answer.message, json);
    if (json) console.log(JSON.stringify(answer));
    else printExplanation(answer, asked);
    return exitCodeOf(answer.verdict);
  });

const exitCodeOf = (verdict: Answer['verdict']): ExitCode => {
  switch (verdict) {
    case 'allow':
      return exitCodes.yes;
    case 'sign-in':
    case 'deny':
    case 'no-route':
    case 'bad-request':
      return exitCodes.no;
    case 'unavailable':
      return exitCodes.unable;
  }
};

type Answer = Extract<ExplainAnswer, { kind: 'answer' }>;

const printExplanation = (answer: Answer, { method, url }: ExplainAsked): void => {
  const allowed = answer.verdict === 'allow';
  const outcome = allowed ? 'passed on to the application' : `${answer.status} ${answer.reason ?? answer.verdict}`;
  console.log(`${style.strong(`${method} ${url}`)}  ${(allowed ? style.good : style.bad)(outcome)}`);
  if (answer.detail !== undefined) console.log(`  ${answer.detail}`);
  row('caller', answer.caller);
  row('account', answer.account ?? 'none');
  if (answer.route !== undefined) {
    row('rule', `${answer.route.id} ${style.quiet(`${answer.route.file}:${answer.route.line}`)}`);
    row('upstream', answer.route.upstream);
  }
  row('policies', answer.policies.slice(0, 12));
  for (const question of answer.asked) printQuestion(question, '  ');
  printSentence(answer);
  printBeside(answer);
  if (answer.near.length > 0) console.log('  near misses');
  for (const { route, lacks } of answer.near) console.log(`    ${route} ${style.quiet(lacks)}`);
};

/** A sentence of one part says nothing that the question above does not say. */
const printSentence = ({ sentence, lacks }: Answer): void => {
  if (sentence !== undefined && sentence.parts.length > 0) {
    console.log('  the rule asks for');
    printPart(sentence, '    ');
  }
  for (const lack of lacks) row('lacks', lack);
};

const printBeside = ({ beside }: Answer): void => {
  if (beside === undefined) return;
  console.log(`  ${besideText(beside)}`);
  for (const question of beside.asked) printQuestion(question, '    ');
};

/** Each part with its own answer, also where another part has settled the sentence. */
const printPart = ({ text, answer, lacks, parts }: ExplainedPart, indent: string): void => {
  const label = parts.length === 0 ? text : text.slice(0, text.indexOf('['));
  const lack = lacks === undefined || parts.length > 0 ? '' : style.quiet(` lacks ${lacks}`);
  console.log(`${indent}${answerText(answer)}  ${label.trim()}${lack}`);
  for (const part of parts) printPart(part, `${indent}  `);
};

const row = (name: string, value: string): void => console.log(`  ${style.quiet(name.padEnd(9))} ${value}`);
