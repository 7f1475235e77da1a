import { parseSentence } from './sentence.ts';
import { checkSentence } from './check-sentence.ts';
import { routeProblem } from './problem.ts';
import { readCredentials } from './credentials.ts';
import { readActing, readFilter, readForgets, readRegisters } from './effects.ts';
import { readHeaders } from './header-changes.ts';
import { readCors } from './origins.ts';
import { readDurationMs } from './quantity.ts';
import { refuseSyntax, refuseValue } from './rule-draft.ts';
import { readStrip } from './strip.ts';
import { checkTogether } from './together.ts';
import type { RuleDraft, RuleKey } from './rule-draft.ts';
import type { RuleEntry } from './rule-schema.ts';
import type { RuleOptions } from './rule.ts';

/** Keys that are read without the others' help: `to`, `body` and `timeout` always have a value. */
export type OptionKey = Exclude<RuleKey, 'allow' | 'to' | 'body' | 'timeout'>;
type Reader<K extends OptionKey> = (
  draft: RuleDraft,
  written: NonNullable<RuleEntry[K]>,
  entry: RuleEntry,
) => RuleOptions | undefined;

/** The hard age of a kept decision in the process's own cache. */
const cacheMsMax = 60_000;
const meterPattern = /^[a-z][a-z0-9_.-]{0,62}$/;

const readCache: Reader<'cache'> = (draft, text) => {
  if (text === 'off') return { cacheMsMax: 0 };
  const ms = readDurationMs(text);
  if (ms !== undefined && ms > 0 && ms <= cacheMsMax) return { cacheMsMax: ms };
  const message = `"${text}" is neither "off" nor a duration from 1ms to ${cacheMsMax / 1000}s`;
  return refuseValue(draft, 'cache', { message });
};

const readMeter: Reader<'meter'> = (draft, text) =>
  meterPattern.test(text)
    ? { meter: text }
    : refuseValue(draft, 'meter', {
        message: `"${text}" is not the name of a metric; it begins with a lower-case letter and has at most 63 of a-z, 0-9, "_", "." and "-"`,
      });

const readEncodedSlash: Reader<'encoded-slash'> = ({ place: { compiling, path } }) => {
  const { yaml, warnings } = compiling;
  const message = '%2F passes in this path: make sure that the application reads it as text, never as a separator';
  warnings.push(routeProblem(yaml.file, yaml.at([...path, 'encoded-slash']), message));
  return { allowsEncodedSlash: true };
};

const readCandidate: Reader<'candidate'> = (draft, text) => {
  const parsed = parseSentence(text);
  if (parsed.kind === 'fault') return refuseSyntax(draft, 'candidate', parsed);
  const { compiling } = draft.place;
  const context = { app: compiling.data.app, model: compiling.model, params: draft.params };
  const faults = checkSentence(parsed.sentence, context);
  for (const { near, ...fault } of faults)
    refuseValue(draft, 'candidate', { ...fault, offset: Math.max(0, text.indexOf(near)) });
  return faults.length > 0 ? undefined : { candidate: parsed.sentence };
};

type OptionReader = (draft: RuleDraft, entry: RuleEntry) => RuleOptions | undefined;

const reading =
  <K extends OptionKey>(key: K, read: Reader<K>): OptionReader =>
  (draft, entry) => {
    const written = entry[key];
    return written === undefined ? {} : read(draft, written, entry);
  };

const readers: readonly OptionReader[] = [
  reading('acting', readActing),
  reading('registers', readRegisters),
  reading('forgets', readForgets),
  reading('filter', readFilter),
  reading('meter', readMeter),
  reading('credentials', readCredentials),
  reading('cache', readCache),
  reading('strip', readStrip),
  reading('headers', (draft, written, { filter, registers }) =>
    readHeaders(draft, written, filter !== undefined || registers !== undefined),
  ),
  reading('identity', (_draft, identity) => ({ identity })),
  reading('on-401', (_draft, on401) => ({ on401 })),
  reading('encoded-slash', readEncodedSlash),
  reading('mode', (_draft, mode) => ({ mode })),
  reading('candidate', readCandidate),
  reading('cors', readCors),
];

/** Everything that a rule says beside `allow`, `to`, `body` and `timeout`. Undefined when a problem was noted. */
export const readOptions = (draft: RuleDraft, entry: RuleEntry): RuleOptions | undefined => {
  const fits = checkTogether(draft, entry);
  const read = readers.map((reader) => reader(draft, entry));
  return fits && !read.includes(undefined) ? Object.assign({}, ...read) : undefined;
};
