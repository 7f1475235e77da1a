import { readFileSync } from 'node:fs';

/** The part of vitest's JSON report that the closing line needs. */
type Report = {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
};

/**
 * `N passed, N failed`. A file that broke before its first test has no failed test to show, and an error outside of any
 * test stands in no report at all, only in the exit code; each counts as one, so that a red run never reads "0 failed".
 */
const closingLine = (report: Report, exitCode: number): string => {
  const brokenFiles = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.every((test) => test.status !== 'failed'),
  ).length;
  const failed = report.numFailedTests + brokenFiles;
  return `${report.numPassedTests} passed, ${failed === 0 && exitCode !== 0 ? 1 : failed} failed`;
};

/** Takes the report's path and the exit code of the run. No report means that the run itself broke. */
const main = (path = '', exitCode = '0'): void => {
  try {
    console.log(closingLine(JSON.parse(readFileSync(path, 'utf8')) as Report, Number(exitCode)));
  } catch (error) {
    console.error(`The test run left no report: ${String(error)}`);
    console.log('0 passed, 1 failed');
    process.exitCode = 1;
  }
};

if (import.meta.main) main(...process.argv.slice(2));
