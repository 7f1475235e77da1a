import { checkSentence, placeholdersOf } from './check-sentence.ts';
import { addProblem } from './compiling.ts';
import { parsePathPattern } from './path-pattern.ts';
import { routeProblem } from './problem.ts';
import { parseRouteKey } from './route-key.ts';
import { readBody, readTimeout, readTo } from './rule-options.ts';
import { parseSentence } from './sentence.ts';
import type { Place } from './compiling.ts';
import type { Position } from '../yaml-document.ts';
import type { HostPattern, Rule, Segment, Sentence } from './rule.ts';
import type { RouteFile } from './schema.ts';
import type { RouteKey } from './route-key.ts';

/** A rule with its place, for what can only be said once all files are known. `allowAt` finds a piece of the sentence. */
export type PlacedRule = {
  readonly rule: Rule;
  readonly at: Position;
  readonly allowAt: (piece: string) => Position;
};

type Entry = RouteFile['hosts'][string][string];
type Key = { readonly parts: RouteKey; readonly segments: readonly Segment[] };

/** One key of a host: a rule for each of its methods, or none and a problem for everything that is wrong with it. */
export const compileRule = (place: Place, keyText: string, entry: Entry): readonly PlacedRule[] => {
  const { compiling, host, hostText, path } = place;
  const { yaml, data } = compiling;
  const key = readKey(place, keyText);
  const allow = readAllow(place, entry.allow);
  const upstream = readTo(place, entry.to);
  const bodyBytesMax = readBody(place, entry.body);
  const timeoutMs = readTimeout(place, entry.timeout);
  if (key !== undefined && allow !== undefined) checkAllow(place, key.segments, allow, entry.allow);
  if (key === undefined || allow === undefined || upstream === undefined) return [];
  if (bodyBytesMax === undefined || timeoutMs === undefined) return [];
  const at = yaml.keyAt(path);
  const target = { host, path: key.segments, allow, upstream, bodyBytesMax, timeoutMs, file: yaml.file, line: at.line };
  return key.parts.methods.map((method) => {
    const id = `${data.app} ${method} ${hostText === '*' ? '' : hostText}${key.parts.path}`;
    const rule: Rule = { id, app: data.app, method, ...target };
    return { rule, at, allowAt: (piece) => pieceAt(place, entry.allow, piece) };
  });
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

const pieceAt = ({ compiling, path }: Place, allow: string, piece: string): Position =>
  compiling.yaml.at([...path, 'allow'], Math.max(0, allow.indexOf(piece)));

const checkAllow = (place: Place, segments: readonly Segment[], allow: Sentence, text: string): void => {
  const { compiling, host, path } = place;
  const { yaml, data, model, warnings } = compiling;
  const params = [...paramsOf(segments), ...hostParams(host)];
  for (const { near, message, suggestion } of checkSentence(allow, { app: data.app, model, params })) {
    addProblem(compiling, pieceAt(place, text, near), message, suggestion);
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
