import { skipReasons } from '../replay/replay-record.ts';
import type { Side, SkipReason } from '../replay/replay-record.ts';
import type { Difference, ReplaySummary } from '../replay/replay.ts';
import { style } from './style.ts';

const shownMax = 50;

/** What would be decided otherwise, the commonest first, and what could not be decided again. */
export const printReplay = ({ records, replayed, differing, skipped, differences }: ReplaySummary): void => {
  for (const difference of differences.slice(0, shownMax)) printDifference(difference);
  const hidden = differences.length - shownMax;
  if (hidden > 0) console.log(style.quiet(`and ${hidden} more kinds of requests; --json lists all`));
  const outcome =
    differing === 0
      ? style.good('none would be decided otherwise')
      : style.bad(`${differing} would be decided otherwise`);
  console.log(`${replayed} of ${records} ${records === 1 ? 'record' : 'records'} decided again: ${outcome}.`);
  for (const [why, count] of Object.entries(skipped)) {
    console.log(style.quiet(`  ${count} ${skipReasons[why as SkipReason]}`));
  }
};

const indent = ' '.repeat(8);

const printDifference = ({ count, method, host, path, subject, caller, before, after }: Difference): void => {
  const change = `${sideText(before)} ${style.quiet('→')} ${sideText(after)}`;
  console.log(`${style.quiet(`${count} ×`.padStart(7))} ${style.strong(`${method} ${path}`)} by ${caller}: ${change}`);
  if (before.route !== after.route) {
    console.log(`${indent}rule   ${before.route ?? 'none'} ${style.quiet('→')} ${after.route ?? 'none'}`);
  }
  console.log(style.quiet(`${indent}host   ${host}`));
  const named = (asked: string): string =>
    subject === undefined
      ? asked
      : asked.replace(`${subject} `, `${subject.slice(0, subject.indexOf(':'))}:${caller} `);
  // What both have asked does not tell them apart.
  for (const asked of except(before.asked, after.asked)) console.log(style.quiet(`${indent}before ${named(asked)}`));
  for (const asked of except(after.asked, before.asked)) console.log(style.quiet(`${indent}after  ${named(asked)}`));
};

const except = (asked: readonly string[], other: readonly string[]): readonly string[] =>
  asked.filter((one) => !other.includes(one));

const sideText = ({ verdict, status, reason }: Side): string =>
  verdict === 'allow' ? style.good('allow') : style.bad(`${status} ${reason ?? verdict}`);
