import { checkSentence, placeholdersOf } from './check-sentence.ts';
import { parseHostPattern } from './host-pattern.ts';
import { nearest } from '../model/suggest.ts';
import { parsePathPattern } from './path-pattern.ts';
import { routeProblem } from './problem.ts';
import { readBytes, readDurationMs } from './quantity.ts';
import { parseRouteKey } from './route-key.ts';
import { wrongAlphabets } from './schema.ts';
import { parseSentence } from './sentence.ts';
import { isParameterName } from './template.ts';
import { readUpstreams } from './upstreams.ts';
import type { ModelNames, SentenceFault } from './check-sentence.ts';
import type { Position, RouteProblem } from './problem.ts';
import type { Alphabet, HostPattern, Rule, Segment, Sentence } from './rule.ts';
import type { RouteFile } from './schema.ts';
import type { RouteKey } from './route-key.ts';
import type { YamlFile, YamlPath } from './yaml-file.ts';

/** A rule with its place, for what can only be said once all files are known. `allowAt` finds a piece of the sentence. */
export type PlacedRule = { readonly rule: Rule; readonly at: Position; readonly allowAt: (piece: string) => Position };

export type CompiledFile = { readonly rules: readonly PlacedRule[]; readonly problems: readonly RouteProblem[]; readonly warnings: readonly RouteProblem[] };

export type CompileOptions = {
  readonly yaml: YamlFile;
  readonly data: RouteFile;
  readonly model: ModelNames;
  /** Origins by `app.name`, in place of those in the file. */
  readonly upstreams: Readonly<Record<string, string>>;
};

type Notes = { readonly problems: RouteProblem[]; readonly warnings: RouteProblem[] };
type Compiling = CompileOptions & Notes & { readonly alphabetOf: (name: string) => Alphabet; readonly origins: ReadonlyMap<string, string>; readonly used: Set<string> };
type Place = { readonly compiling: Compiling; readonly host: HostPattern; readonly hostText: string; readonly path: YamlPath };
type Entry = RouteFile['hosts'][string][string];

const BODY_BYTES_DEFAULT = 10 * 1024 ** 2;
const BODY_BYTES_MAX = 1024 ** 3;
const TIMEOUT_MS_DEFAULT = 30_000;
const TIMEOUT_MS_MAX = 3_600_000;

/** From a file of the right shape to rules; every name is checked, every problem named with its place. */
export const compileFile = (options: CompileOptions): CompiledFile => {
  const { yaml, data } = options;
  const notes: Notes = { problems: [], warnings: [] };
  const wrong = wrongAlphabets(data.params);
  for (const { name, suggestion } of wrong) notes.problems.push(routeProblem(yaml.file, yaml.at(['params', name]), `"${data.params[name]}" is not an alphabet`, suggestion));
  const { origins, problems } = readUpstreams(yaml, data, options.upstreams);
  notes.problems.push(...problems);
  const alphabetOf = (name: string): Alphabet => (Object.hasOwn(data.params, name) ? (data.params[name] as Alphabet) : 'token');
  const compiling: Compiling = { ...options, ...notes, alphabetOf, origins, used: new Set(['account']) };
  const rules = Object.entries(data.hosts).flatMap(([hostText, entries]) => compileHost(compiling, hostText, entries));
  warnUnused(compiling);
  return { rules, ...notes };
};

const compileHost = (compiling: Compiling, hostText: string, entries: RouteFile['hosts'][string]): readonly PlacedRule[] => {
  const path = ['hosts', hostText];
  const parsed = parseHostPattern(hostText, compiling.alphabetOf);
  if (parsed.kind === 'fault') {
    complain(compiling, compiling.yaml.keyAt(path), parsed.message, parsed.suggestion);
    return [];
  }
  const { pattern } = parsed;
  if (pattern.kind === 'label' && pattern.param !== undefined) compiling.used.add(pattern.param);
  return Object.entries(entries).flatMap(([key, entry]) => compileRule({ compiling, host: pattern, hostText, path: [...path, key] }, key, entry));
};

/** One key of a host: a rule for each of its methods. */
const compileRule = (place: Place, key: string, entry: Entry): readonly PlacedRule[] => {
  const { compiling, host, hostText, path } = place;
  const { yaml, data } = compiling;
  const segmentsAndMethods = readKey(place, key);
  const allow = readAllow(place, entry.allow);
  const upstream = readTo(place, entry.to);
  const bodyBytesMax = readBody(place, entry.body);
  const timeoutMs = readTimeout(place, entry.timeout);
  if (segmentsAndMethods === undefined || allow === undefined || upstream === undefined) return [];
  const { segments, key: parts } = segmentsAndMethods;
  checkAllow(place, segments, allow, entry.allow);
  const allowAt = (piece: string): Position => yaml.at([...path, 'allow'], Math.max(0, entry.allow.indexOf(piece)));
  const at = yaml.keyAt(path);
  return parts.methods.map((method) => {
    const id = `${data.app} ${method} ${hostText === '*' ? '' : hostText}${parts.path}`;
    return { rule: { id, app: data.app, method, host, path: segments, allow, upstream, bodyBytesMax, timeoutMs, file: yaml.file, line: at.line }, at, allowAt };
  });
};

const readKey = ({ compiling, host, path }: Place, key: string): { readonly key: RouteKey; readonly segments: readonly Segment[] } | undefined => {
  const { yaml, alphabetOf, used } = compiling;
  const parts = parseRouteKey(key);
  if (parts.kind === 'fault') return complain(compiling, yaml.keyAt(path, parts.at), parts.message, parts.suggestion);
  const pattern = parsePathPattern(parts.path, alphabetOf);
  const pathAt = yaml.keyAt(path, parts.pathAt);
  if (pattern.kind === 'fault') return complain(compiling, pathAt, pattern.message, pattern.suggestion);
  const names = pattern.segments.flatMap((segment) => (segment.kind === 'param' ? [segment.name] : []));
  for (const name of names) used.add(name);
  const twice = host.kind === 'label' ? names.find((name) => name === host.param) : undefined;
  if (twice !== undefined) return complain(compiling, pathAt, `the parameter {${twice}} stands in host and path`);
  return { key: parts, segments: pattern.segments };
};

const readAllow = ({ compiling, path }: Place, text: string): Sentence | undefined => {
  const parsed = parseSentence(text);
  if (parsed.kind === 'sentence') return parsed.sentence;
  return complain(compiling, compiling.yaml.at([...path, 'allow'], parsed.at), parsed.message, parsed.suggestion);
};

const checkAllow = ({ compiling, host, path }: Place, segments: readonly Segment[], allow: Sentence, text: string): void => {
  const { yaml, data, model } = compiling;
  const inPath = segments.flatMap((segment) => (segment.kind === 'param' ? [segment.name] : []));
  const params = host.kind === 'label' && host.param !== undefined ? [...inPath, host.param] : inPath;
  const report = ({ near, message, suggestion }: SentenceFault): void =>
    void complain(compiling, yaml.at([...path, 'allow'], Math.max(0, text.indexOf(near))), message, suggestion);
  for (const fault of checkSentence(allow, { app: data.app, model, params })) report(fault);
  if (allow.kind === 'everyone' || allow.kind === 'nobody') return;
  // The acting account is found by {account} and asked about, whatever the sentence says.
  const deciding = new Set(['account', ...placeholdersOf(allow).flatMap((part) => (part.kind === 'param' ? [part.name] : []))]);
  for (const name of params.filter((param) => !deciding.has(param))) {
    compiling.warnings.push(routeProblem(yaml.file, yaml.keyAt(path), `the parameter {${name}} decides nothing: every value of it is allowed alike`));
  }
};

const readTo = ({ compiling, path }: Place, to: string | undefined): string | undefined => {
  const { yaml, data, origins } = compiling;
  const names = Object.keys(data.upstreams);
  if (to === undefined && names.length > 1) return complain(compiling, yaml.keyAt(path), `\`to\` is missing: the file has ${names.length} upstreams (${names.join(', ')})`);
  const name = to ?? names[0] ?? '';
  if (!names.includes(name)) return complain(compiling, yaml.at([...path, 'to']), `there is no upstream "${name}"`, nearest(name, names));
  return origins.get(name);
};

const readBody = ({ compiling, path }: Place, body: string | number | undefined): number => {
  if (body === undefined) return BODY_BYTES_DEFAULT;
  const bytes = readBytes(body);
  if (bytes !== undefined && bytes <= BODY_BYTES_MAX) return bytes;
  complain(compiling, compiling.yaml.at([...path, 'body']), `"${body}" is not a size from 0 to 1GB, as in 5MB or 64KB`);
  return 0;
};

const readTimeout = ({ compiling, path }: Place, timeout: string | number | undefined): number => {
  if (timeout === undefined) return TIMEOUT_MS_DEFAULT;
  const ms = readDurationMs(timeout);
  if (ms !== undefined && ms > 0 && ms <= TIMEOUT_MS_MAX && typeof timeout === 'string') return ms;
  complain(compiling, compiling.yaml.at([...path, 'timeout']), `"${timeout}" is not a duration from 1ms to 1h, as in 30s or 500ms`);
  return TIMEOUT_MS_DEFAULT;
};

/** A misspelt name leaves the real parameter with the wide alphabet: worth a warning. */
const warnUnused = ({ yaml, data, used, warnings, problems }: Compiling): void => {
  for (const name of Object.keys(data.params)) {
    const at = yaml.keyAt(['params', name]);
    if (!isParameterName(name)) problems.push(routeProblem(yaml.file, at, `"${name}" is not the name of a parameter`));
    else if (!used.has(name)) warnings.push(routeProblem(yaml.file, at, `no path or host has a parameter {${name}}`, nearest(name, [...used].filter((one) => !Object.hasOwn(data.params, one)))));
  }
};

const complain = ({ yaml, problems }: Compiling, at: Position, message: string, suggestion?: string): undefined => {
  problems.push(routeProblem(yaml.file, at, message, suggestion));
  return undefined;
};
