import { relative } from 'node:path';
import { problemText } from '@gatehouse/policies/model/problem';
import { runStoreTests } from '@gatehouse/policies/model/store-test';
import type { AssertionResult, StoreTestReport } from '@gatehouse/policies/model/store-test';
import { readConfig } from '../config/config.ts';
import { modelTestFiles, modelTestPattern } from '../load-policies.ts';
import type { Environment } from './environment.ts';
import { exitCodes } from './exit-codes.ts';
import type { ExitCode } from './exit-codes.ts';
import { sayRefused, stepText } from './print.ts';
import { style } from './style.ts';

/** `gatehouse model test`: all passed is 0, a failed assertion or an unusable file is 1, no file at all is 2. */
export const modelTestCommand = async (
  environment: Environment,
  patterns: readonly string[],
  verbose: boolean,
): Promise<ExitCode> => {
  const read = readConfig(environment);
  if (read.kind === 'refused') return sayRefused(read.problems.join('\n'), false);
  const wanted = patterns.length > 0 ? patterns : [modelTestPattern(read.config.GATEHOUSE_POLICIES)];
  const files = await modelTestFiles(wanted);
  if (files.length === 0) return sayRefused(`No file matches ${wanted.join(' ')}.`, false);

  let passed = 0;
  let failed = 0;
  for (const file of files) {
    const report = await runStoreTests(file, relative('.', file));
    printReport(report, verbose);
    const failures = report.results.filter((result) => !result.passed).length;
    failed += failures + report.problems.length;
    passed += report.results.length - failures;
  }
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? exitCodes.yes : exitCodes.no;
};

const printReport = ({ results, problems }: StoreTestReport, verbose: boolean): void => {
  for (const problem of problems) console.log(`${style.bad('FAILED')}  ${problemText(problem)}`);
  for (const result of results) {
    if (!result.passed) printFailure(result);
    else if (verbose) console.log(`${style.good('passed')}  ${result.test}: ${result.assertion} is ${result.got}`);
  }
};

const printFailure = ({ file, line, test, assertion, expected, got, path, excludedBy }: AssertionResult): void => {
  console.log(`${style.bad('FAILED')}  ${file}:${line}  ${test}`);
  console.log(`        ${assertion}`);
  console.log(`        expected ${expected}, got ${got}`);
  for (const step of path) console.log(`        ${style.quiet('because')} ${stepText(step)}`);
  for (const step of excludedBy) console.log(`        ${style.quiet('but')}     ${stepText(step)}`);
};
