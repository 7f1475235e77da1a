import { nearest } from '../model/suggest.ts';
import { compileRule } from './compile-rule.ts';
import { addProblem } from './compiling.ts';
import { parseHostPattern } from './host-pattern.ts';
import { routeProblem } from './problem.ts';
import { wrongAlphabets } from './schema.ts';
import { isParameterName } from './template.ts';
import { readUpstreams } from './upstreams.ts';
import type { ModelNames } from './check-sentence.ts';
import type { PlacedRule } from './compile-rule.ts';
import type { Compiling } from './compiling.ts';
import type { RouteProblem } from './problem.ts';
import type { Alphabet } from './rule.ts';
import type { RouteFile } from './schema.ts';
import type { YamlFile } from './yaml-file.ts';

export type CompiledFile = {
  readonly rules: readonly PlacedRule[];
  readonly problems: readonly RouteProblem[];
  readonly warnings: readonly RouteProblem[];
};

export type CompileOptions = {
  readonly yaml: YamlFile;
  readonly data: RouteFile;
  readonly model: ModelNames;
  /** Origins by `app.name`, in place of those in the file. */
  readonly upstreams: Readonly<Record<string, string>>;
  readonly jwtIssuers: readonly string[] | undefined;
};

/** From a file of the right shape to rules; every name is checked, every problem named with its place. */
export const compileFile = ({ yaml, data, model, upstreams, jwtIssuers }: CompileOptions): CompiledFile => {
  const { origins, problems } = readUpstreams(yaml, data, upstreams);
  const alphabetOf = (name: string): Alphabet =>
    Object.hasOwn(data.params, name) ? (data.params[name] as Alphabet) : 'token';
  const found = { problems: [...problems], warnings: [], used: new Set(['account']) };
  const compiling: Compiling = { yaml, data, model, alphabetOf, origins, jwtIssuers, ...found };
  const rules = Object.entries(data.hosts).flatMap(([host, entries]) => compileHost(compiling, host, entries));
  checkParams(compiling);
  return { rules, problems: compiling.problems, warnings: compiling.warnings };
};

const compileHost = (
  compiling: Compiling,
  hostText: string,
  entries: RouteFile['hosts'][string],
): readonly PlacedRule[] => {
  const path = ['hosts', hostText];
  const parsed = parseHostPattern(hostText, compiling.alphabetOf);
  if (parsed.kind === 'fault') {
    addProblem(compiling, compiling.yaml.keyAt(path), parsed.message, parsed.suggestion);
    return [];
  }
  const host = parsed.pattern;
  if (host.kind === 'label' && host.param !== undefined) compiling.used.add(host.param);
  return Object.entries(entries).flatMap(([key, entry]) =>
    compileRule({ compiling, host, hostText, path: [...path, key] }, key, entry),
  );
};

const checkParams = (compiling: Compiling): void => {
  const { yaml, data, used, warnings } = compiling;
  for (const { name, suggestion } of wrongAlphabets(data.params)) {
    addProblem(compiling, yaml.at(['params', name]), `"${data.params[name]}" is not an alphabet`, suggestion);
  }
  for (const name of Object.keys(data.params)) {
    const at = yaml.keyAt(['params', name]);
    if (!isParameterName(name)) addProblem(compiling, at, `"${name}" is not the name of a parameter`);
    else if (!used.has(name)) {
      // A misspelt name leaves the real parameter with the wide alphabet.
      const undeclared = [...used].filter((one) => !Object.hasOwn(data.params, one));
      const message = `no path or host has a parameter {${name}}`;
      warnings.push(routeProblem(yaml.file, at, message, nearest(name, undeclared)));
    }
  }
};
