import type { DecisionRecord } from './record.ts';

/**
 * One line of JSON, the same value that `JSON.stringify` would write, at a quarter of its cost: this is done for every
 * request. Fields that are undefined are left out.
 */
export const recordLine = (record: DecisionRecord): string => {
  const { time, request, method, host, path, verdict, reason, status, ending } = record;
  const { route, policies, subject, account, token, asked, beside, source, cause } = record;
  const { decideMs, upstreamMs, totalMs } = record;
  return (
    `{"time":"${time}","request":${quoted(request)},"method":${quoted(method)},"host":${quoted(host)}` +
    `,"path":${quoted(path)},"verdict":"${verdict}"${field('reason', reason)},"status":${status},"ending":"${ending}"` +
    `${field('route', route)},"policies":"${policies}"${field('subject', subject)}${field('account', account)}` +
    `${field('token', token)},"asked":${list(asked)}${beside === undefined ? '' : `,"beside":${JSON.stringify(beside)}`},"source":"${source}"${field('cause', cause)}` +
    `,"decideMs":${decideMs}${upstreamMs === undefined ? '' : `,"upstreamMs":${upstreamMs}`},"totalMs":${totalMs}}`
  );
};

const field = (name: string, value: string | undefined): string =>
  value === undefined ? '' : `,"${name}":${quoted(value)}`;

const list = (values: readonly string[]): string => {
  let text = '';
  for (const value of values) text += text === '' ? quoted(value) : `,${quoted(value)}`;
  return `[${text}]`;
};

/** Anything but plain printable ASCII without quote and backslash takes the slow and certain way. */
const special = /[^\x20\x21\x23-\x5b\x5d-\x7e]/;

const quoted = (text: string): string => (special.test(text) ? JSON.stringify(text) : `"${text}"`);
