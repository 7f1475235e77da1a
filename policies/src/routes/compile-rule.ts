import { checkSentence, placeholdersOf } from './check-sentence.ts';
import { addProblem } from './compiling.ts';
import { opennessOf } from './openness.ts';
import { parsePathPattern } from './path-pattern.ts';
import { routeProblem } from './problem.ts';
import { readOptions } from './read-options.ts';
import { parseRouteKey } from './route-key.ts';
import { pieceAt } from './rule-draft.ts';
import { readBody, readTimeout, readTo } from './rule-options.ts';
import { parseSentence } from './sentence.ts';
import type { Place } from './compiling.ts';
import type { Position } from '../yaml-document.ts';
import type { HostPattern, Rule, RuleOptions, Segment, Sentence } from './rule.ts';
import type { RuleEntry } from './rule-schema.ts';
import type { RouteKey } from './route-key.ts';

/** A rule with its place, for what can only be said once all files are known. `sentenceAt` finds a piece of a sentence. */
export type PlacedRule = {
  readonly rule: Rule;
  readonly at: Position;
  readonly sentenceAt: (key: 'allow' | 'candidate', piece: string) => Position;
};

type Key = { readonly parts: RouteKey; readonly segments: readonly Segment[] };

/** One key of a host: a rule for each of its methods, or none and a problem for everything that is wrong with it. */
export const compileRule = (place: Place, keyText: string, entry: RuleEntry): readonly PlacedRule[] => {
  const { compiling, host, hostText, path } = place;
  const { yaml, data } = compiling;
  const key = readKey(place, keyText);
  const allow = readAllow(place, entry.allow);
  const upstream = readTo(place, entry.to);
  const bodyBytesMax = readBody(place, entry.body);
  const timeoutMs = readTimeout(place, entry.timeout);
  if (key === undefined || allow === undefined) return [];
  const options = readRest(place, key, allow, entry);
  if (upstream === undefined || bodyBytesMax === undefined || timeoutMs === undefined || options === undefined)
    return [];
  const at = yaml.keyAt(path);
  const target = { host, path: key.segments, allow, upstream, bodyBytesMax, timeoutMs, file: yaml.file, line: at.line };
  return key.parts.methods.map((method) => {
    const id = `${data.app} ${method} ${hostText === '*' ? '' : hostText}${key.parts.path}`;
    const rule: Rule = { id, app: data.app, method, ...target, ...options };
    return { rule, at, sentenceAt: (sentence, piece) => pieceAt(place, sentence, entry[sentence] ?? '', piece) };
  });
};

const readRest = (place: Place, key: Key, allow: Sentence, entry: RuleEntry): RuleOptions | undefined => {
  const params = [...paramsOf(key.segments), ...hostParams(place.host)];
  checkAllow(place, params, allow, entry.allow);
  if (Object.keys(entry).length === 1) return {};
  const { methods } = key.parts;
  const draft = { place, methods, segments: key.segments, params, allow: entry.allow, openness: opennessOf(allow) };
  return readOptions(draft, entry);
};

const readKey = ({ compiling, host, path }: Place, text: string): Key | undefined => {
  const { yaml, alphabetOf, used } = compiling;
  const parts = parseRouteKey(text);
  if (parts.kind === 'fault') return addProblem(compiling, yaml.keyAt(path, parts.at), parts.message, parts.suggestion);
  const pattern = parsePathPattern(parts.path, alphabetOf);
  const pathAt = yaml.keyAt(path, parts.pathAt);
  if (pattern.kind === 'fault') return addProblem(compiling, pathAt, pattern.message, pattern.suggestion);
  const names = paramsOf(pattern.segments);
  for (const name of names) used.add(name);
  const twice = names.find((name) => hostParams(host).includes(name));
  if (twice !== undefined) return addProblem(compiling, pathAt, `the parameter {${twice}} stands in host and path`);
  return { parts, segments: pattern.segments };
};

const paramsOf = (segments: readonly Segment[]): readonly string[] =>
  segments.flatMap((segment) => (segment.kind === 'param' ? [segment.name] : []));

const hostParams = (host: HostPattern): readonly string[] =>
  host.kind === 'label' && host.param !== undefined ? [host.param] : [];

const readAllow = ({ compiling, path }: Place, text: string): Sentence | undefined => {
  const parsed = parseSentence(text);
  if (parsed.kind === 'sentence') return parsed.sentence;
  return addProblem(compiling, compiling.yaml.at([...path, 'allow'], parsed.at), parsed.message, parsed.suggestion);
};

const checkAllow = (place: Place, params: readonly string[], allow: Sentence, text: string): void => {
  const { compiling, path } = place;
  const { yaml, data, model, warnings } = compiling;
  for (const { near, message, suggestion } of checkSentence(allow, { app: data.app, model, params })) {
    addProblem(compiling, pieceAt(place, 'allow', text, near), message, suggestion);
  }
  for (const name of idleParams(params, allow)) {
    const message = `the parameter {${name}} decides nothing: every value of it is allowed alike`;
    warnings.push(routeProblem(yaml.file, yaml.keyAt(path), message));
  }
};

/**
 * The parameters of a rule whose sentence names none of them. One that is named may stand for what lies below it: a job
 * is decided by its algorithm. The acting account is found by `{account}` and asked about, whatever the sentence says.
 */
const idleParams = (params: readonly string[], allow: Sentence): readonly string[] => {
  if (allow.kind === 'everyone' || allow.kind === 'nobody') return [];
  const deciding = placeholdersOf(allow).flatMap((part) =>
    part.kind === 'param' ? [part.name] : part.kind === 'account' ? ['account'] : [],
  );
  return params.some((name) => deciding.includes(name)) ? [] : params.filter((name) => name !== 'account');
};
